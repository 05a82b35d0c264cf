/** Who approves, looked at while people are waited for: a group that cannot be read is named on the card, and a changed configuration is recorded. */
import type { RestoreDeps } from '../ports.ts';
import type { RestoreEvent } from '../record/events.ts';
import type { RestoreState } from '../record/state.ts';
import { approversNow, listUnreadGroups } from '../service/approvers.ts';

/** Seldom enough for any limit of Slack, and soon enough for somebody who mends a group. */
const askAgainMs = 60_000;

/** Remembers the last answer for as long as Slack need not be asked again. */
export class ApproversLook {
  readonly #deps: Pick<RestoreDeps, 'people' | 'clock' | 'clusters'>;
  #askedAt = Number.NEGATIVE_INFINITY;
  #unread: readonly string[] = [];

  constructor(deps: Pick<RestoreDeps, 'people' | 'clock' | 'clusters'>) {
    this.#deps = deps;
  }

  /** A sentence for each group that counts nobody now; none while no gate is open. */
  async unread(state: RestoreState): Promise<readonly string[]> {
    if (!Object.values(state.gates).some(({ status }) => status === 'open')) return [];
    const now = this.#deps.clock.now();
    if (now < this.#askedAt + askAgainMs) return this.#unread;
    this.#askedAt = now;
    this.#unread = await listUnreadGroups(this.#deps, state);
    return this.#unread;
  }
}

/** What is to be recorded when the configuration names other approvers than the restore goes by; nothing when it does not. */
export function approversChanged(
  deps: Pick<RestoreDeps, 'clusters'>,
  state: RestoreState,
): readonly RestoreEvent[] {
  const { approvers, approverGroups } = approversNow(deps, state);
  const isSame =
    sameSet(approvers, state.approvers.approvers) && sameSet(approverGroups, state.approvers.approverGroups);
  return isSame || state.ended !== null ? [] : [{ type: 'approvers-changed', approvers, approverGroups }];
}

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  return new Set(one).symmetricDifference(new Set(other)).size === 0;
}
