import { AuroraError } from '../../aurora/errors.ts';
import type { CheckResult } from '../record/facts.ts';
import { preflightChecks } from './checks.ts';
import type { Check } from './finding.ts';
import { type FoundOnHosts, gatherHosts } from './group.ts';
import type { Reading } from './reading.ts';
import { listText } from './words.ts';

/**
 * Makes all checks, whatever the others find. `refusal` names every refusal in its message and has the code of the
 * first; `null` when the restore may go on.
 */
export function judgePreflight(
  reading: Reading,
  checks: readonly Check[] = preflightChecks,
): { readonly checks: readonly CheckResult[]; readonly refusal: AuroraError | null } {
  const judged = checks.map((check) => ({ check, findings: check.find(reading) }));
  const results = judged.flatMap(({ check, findings }): CheckResult[] =>
    findings.length === 0
      ? [{ name: check.name, verdict: 'pass', message: check.passes(reading), hint: '' }]
      : findings.map(({ code: _code, ...finding }) => ({ name: check.name, ...finding })),
  );
  const codes = judged.flatMap(({ check, findings }) =>
    findings.flatMap(({ verdict, code }) => (verdict === 'refuse' ? [code ?? check.code] : [])),
  );
  return { checks: results, refusal: refusalOf(results, codes[0]) };
}

function refusalOf(results: readonly CheckResult[], code: string | undefined): AuroraError | null {
  const refused = gatherHosts(results.filter(({ verdict }) => verdict === 'refuse'));
  const [first] = refused;
  if (first === undefined || code === undefined) return null;
  const details = { checks: refused.map(({ name, hosts }) => ({ name, hosts })) };
  if (refused.length === 1) {
    return new AuroraError({ code, message: sentenceOf(first), hint: first.hint, details });
  }
  const list = refused.map((found, index) => `(${index + 1}) ${sentenceOf(found)} ${found.hint}`);
  return new AuroraError({
    code,
    message: `${refused.length} things stand in the way of this restore. ${list.join(' ')}`,
    hint: 'When all of them are fixed, propose it again; no host was touched.',
    details,
  });
}

/** What was found, with the hosts in front. */
function sentenceOf({ hosts, message }: FoundOnHosts): string {
  return hosts.length === 0 ? message : `${listText(hosts)}: ${message}`;
}
