/** What `check-hosts` found, where people decide whether the schedulers may be stopped: every warning, and the passes counted. */
import { type FoundOnHosts, gatherHosts } from '../../restore/preflight/group.ts';
import { hasTouchedHosts, type RestoreState } from '../../restore/record/state.ts';
import { foreign, sentence } from '../escape.ts';
import { count } from '../time.ts';

/** The thread is read on a phone at night; the rest is in the full plan. */
const shownInThread = 8;

/** Warnings, each a line with what can be done; the first ones when there are many. */
export function preflightWarningLines(state: RestoreState): string[] {
  const warnings = foundIn(state).filter(({ verdict }) => verdict === 'warn');
  const more = warnings.length - shownInThread;
  return [
    ...warnings.slice(0, shownInThread).map(warningLine),
    ...(more > 0 ? [`…and ${count(more, 'more warning')}: see *Full plan*.`] : []),
  ];
}

/** One line such as `14 checks passed, 2 warnings`; none for a journal that kept no checks. */
export function preflightCounts(state: RestoreState): string[] {
  const found = foundIn(state);
  if (found.length === 0) return [];
  const warnings = preflightWarnings(state);
  const passed = `${count(found.length - warnings, 'check')} passed`;
  return [warnings === 0 ? passed : `${passed}, ${count(warnings, 'warning')}`];
}

/** `The checks of the hosts gave 2 warnings: read them in the thread.`, until a host is touched; none without warnings. */
export function preflightWarningCount(state: RestoreState): string[] {
  const warnings = preflightWarnings(state);
  return warnings === 0 || hasTouchedHosts(state)
    ? []
    : [
        `The checks of the hosts gave ${count(warnings, 'warning')}: read ${warnings === 1 ? 'it' : 'them'} in the thread.`,
      ];
}

/** How many different warnings there are. */
function preflightWarnings(state: RestoreState): number {
  return foundIn(state).filter(({ verdict }) => verdict === 'warn').length;
}

/** Every check with what was seen, for the full plan. */
export function preflightDetails(state: RestoreState): string[] {
  return foundIn(state).map((found) =>
    found.verdict === 'pass'
      ? `:white_check_mark: *${foreign(found.name, 60)}* — ${sentence(found.message, 300)}`
      : warningLine(found),
  );
}

function foundIn(state: RestoreState): readonly FoundOnHosts[] {
  return gatherHosts(state.facts['check-hosts']?.checks ?? []);
}

function warningLine({ name, hosts, message, hint }: FoundOnHosts): string {
  const where = hosts.length === 0 ? '' : `${foreign(hosts.join(', '), 200)}: `;
  return `:warning: *${foreign(name, 60)}* — ${where}${sentence(message, 400)} ${sentence(hint, 300)}`;
}

/** Reasons a person must know before approving: a suspicious backup never goes on without them. Empty for a good one. */
export function warningLines(state: RestoreState): string[] {
  const report = state.facts['choose-backup']?.report;
  if (report === undefined || report.verdict === 'ok') return [];
  return [`:warning: *This backup is ${report.verdict}:* ${sentence(report.reasons.join('; '), 500)}`];
}
