/** Tells the people of a restore that its channel takes nothing from the bot: once for each reason. */
import type { WebClient } from '@slack/web-api';
import type { RestoreState } from '../restore/record/state.ts';
import type { Log } from './log.ts';
import { isShutOut, renderShutOut } from './messages/shut-out.ts';
import { readSlackFailure } from './slack-failure.ts';

/** More people than this are not written to. */
const peopleMax = 30;

export class ShutOuts {
  readonly #client: WebClient;
  readonly #log: Log;
  /** By restore, Slack's word for why its channel is closed. */
  readonly #why = new Map<string, string>();

  constructor(deps: { client: WebClient; log: Log }) {
    this.#client = deps.client;
    this.#log = deps.log;
  }

  /** Slack's word for why nothing of it can be shown; `null` when it can. */
  of(restoreId: string): string | null {
    return this.#why.get(restoreId) ?? null;
  }

  /** A pass came to its end: the channel is open. */
  over(restoreId: string): void {
    this.#why.delete(restoreId);
  }

  /** Looks whether a failed pass means that; tells people when it is news. Never rejects. */
  async heard(error: unknown, state: RestoreState | null): Promise<void> {
    const failure = readSlackFailure(error);
    if (failure?.kind !== 'refused' || !isShutOut(failure.code) || state === null) return;
    const { restoreId, ended } = state;
    if (this.#why.get(restoreId) === failure.code) return;
    this.#why.set(restoreId, failure.code);
    if (ended !== null) return;
    const { text, blocks } = renderShutOut(state, failure.code);
    for (const userId of await this.#peopleOf(state)) {
      // A direct message needs no channel that the bot is in.
      await this.#client.chat
        .postMessage({ channel: userId, text, blocks: [...blocks] })
        .catch((refused: unknown) =>
          this.#log('warn', { err: refused, userId }, 'a person could not be told'),
        );
    }
  }

  /** Who proposed it and who may sign; a group that cannot be read counts nobody. */
  async #peopleOf({ proposal: { requester, policy } }: RestoreState): Promise<readonly string[]> {
    const groups = await Promise.all(
      policy.approverGroups.map((usergroup) =>
        this.#client.usergroups.users.list({ usergroup }).then(
          ({ users }) => users ?? [],
          () => [],
        ),
      ),
    );
    return [...new Set([requester.userId, ...policy.approvers, ...groups.flat()])].slice(0, peopleMax);
  }
}
