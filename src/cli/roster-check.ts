/** What `config check` says of the roster: its own faults, who of the approvers is missing in it, and whose keys end soon. */

import { AuroraError } from '../aurora/errors.ts';
import type { RosterNow } from '../aurora/signatures.ts';
import { openRosterFile } from '../signing/roster-file.ts';
import type { BotConfig } from './config.ts';

export interface RosterFinding {
  readonly verdict: 'pass' | 'warn' | 'refuse';
  readonly message: string;
  readonly hint: string;
}

const addKeys = 'docs/signing.md says how a key gets into the roster.';

/** Nothing where no roster is configured. */
export async function checkRoster(config: BotConfig, now: number): Promise<readonly RosterFinding[]> {
  if (config.people === null) return [];
  let roster: RosterNow;
  try {
    roster = await openRosterFile(config.people.roster).readRoster(now);
  } catch (error) {
    if (!(error instanceof AuroraError)) throw error;
    return [{ verdict: 'refuse', message: error.message, hint: error.hint }];
  }
  const findings = [
    ...checkPlace(config, roster),
    ...config.clusters.flatMap((cluster) => checkApprovers(cluster, roster)),
  ];
  if (findings.some(({ verdict }) => verdict === 'refuse')) return findings;
  const message = `The roster ${config.people.roster} can be read (${roster.hash.slice(0, 12)}).`;
  return [{ verdict: 'pass', message, hint: '' }, ...findings];
}

/** A passkey signs only on an origin that the roster names, within its relying party. */
function checkPlace({ signing }: BotConfig, { relyingParty }: RosterNow): RosterFinding[] {
  if (signing === null) return [];
  const { origin, hostname } = new URL(signing.page ?? signing.publicUrl);
  if (relyingParty === null)
    return [
      {
        verdict: 'warn',
        message: `People are sent to ${origin} to sign, and the roster has no relyingParty: no passkey counts.`,
        hint: addKeys,
      },
    ];
  const faults = [
    ...(relyingParty.origins.includes(origin)
      ? []
      : [`The roster does not name ${origin} in relyingParty.origins: no signature made there counts.`]),
    ...(hostname === relyingParty.id || hostname.endsWith(`.${relyingParty.id}`)
      ? []
      : [
          `${hostname} is not within relyingParty.id, ${relyingParty.id}: browsers would not use its passkeys there.`,
        ]),
  ];
  return faults.map((message) => ({ verdict: 'refuse' as const, message, hint: addKeys }));
}

function checkApprovers({ name, policy }: BotConfig['clusters'][number], roster: RosterNow): RosterFinding[] {
  const { signatures, approvers } = policy;
  if (signatures === undefined) return [];
  const missing = approvers.filter(
    (userId) =>
      !roster.people.some((person) => person.endsWith(`:${userId}`) && roster.keysOf(person)?.length !== 0),
  );
  if (missing.length === 0) return [];
  return [
    {
      verdict: signatures === 'require' ? 'refuse' : 'warn',
      message: `${name}: ${missing.join(', ')} ${missing.length === 1 ? 'is an approver' : 'are approvers'} without a key in the roster that is valid now.`,
      hint: addKeys,
    },
  ];
}
