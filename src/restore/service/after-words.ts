/** What becomes part of a record beside decisions: what people say in the thread, also after the end, and work that is done then. */
import { appendDecided } from '../append.ts';
import { actorOf } from '../decisions/decision.ts';
import type { RestoreEvent } from '../record/events.ts';
import { openWorkOf } from '../record/left-work.ts';
import type { RestoreState } from '../record/state.ts';
import type { Actor } from '../record/words.ts';
import type { WorkName } from '../record/work-done.ts';
import type { Refusal } from '../rules/gates.ts';
import { judgeBarred, unknownRestore } from '../rules/refusals.ts';
import { hearInThread, markInThread, type ThreadChange, type ThreadMessage } from '../rules/thread.ts';
import type { Answer, ServiceDeps } from './answer.ts';

export interface AfterWords {
  /** Something was said, edited or deleted in the restore's thread. Told twice, it is written down once. */
  hear(heard: { restoreId: string; message: ThreadMessage; change: ThreadChange }): Promise<void>;
  /** Marks a message of the thread as important for whoever reads the record. */
  mark(marked: { restoreId: string; userId: string; message: ThreadMessage }): Promise<Answer>;
  /** Somebody says that work which the restore left is done. */
  tickOff(done: { restoreId: string; userId: string; works: readonly WorkName[] }): Promise<Answer>;
}

/** Names change rarely, and nothing is decided by this one. */
const knownForMs = 600_000;

const nothingLeft: Refusal = {
  code: 'work-done-already',
  message: 'All of that is already ticked off.',
  hint: 'The report in the thread says by whom.',
};
const nothingChosen: Refusal = {
  code: 'work-none-chosen',
  message: 'Nothing was chosen.',
  hint: 'Choose what is done.',
};

export function createAfterWords(
  deps: Pick<ServiceDeps, 'journal' | 'clock' | 'people'>,
  read: (restoreId: string) => Promise<RestoreState | null>,
): AfterWords {
  /** Slack may not say who somebody is: what they said is kept all the same. */
  const nameOf = async (userId: string): Promise<Actor> =>
    await deps.people.findPerson(userId, knownForMs).then(actorOf, () => ({
      id: `:${userId}`,
      userId,
      name: userId,
    }));

  const write = async (
    restoreId: string,
    decide: (state: RestoreState) => Refusal | readonly RestoreEvent[],
  ): Promise<Answer> => {
    const first = await read(restoreId);
    if (first === null) return { ok: false, refusal: unknownRestore(restoreId) };
    const { decided } = await appendDecided(deps, async (attempt) => {
      const state = attempt === 1 ? first : ((await read(restoreId)) ?? first);
      const verdict = decide(state);
      const refusal = 'code' in verdict ? verdict : null;
      return {
        state,
        at: deps.clock.now(),
        events: refusal === null ? (verdict as readonly RestoreEvent[]) : [],
        refusal,
      };
    });
    const { refusal, state } = decided;
    return refusal === null ? { ok: true, state: (await read(restoreId)) ?? state } : { ok: false, refusal };
  };

  return {
    hear: async ({ restoreId, message, change }) => {
      const person = await nameOf(message.userId);
      await write(restoreId, ({ thread }) => hearInThread(thread, { message, change, person }));
    },
    mark: async ({ restoreId, userId, message }) => {
      const marker = await deps.people.findPerson(userId);
      if (marker.barred !== null) return { ok: false, refusal: judgeBarred(marker.barred) };
      const author = await nameOf(message.userId);
      const person = actorOf(marker);
      return await write(restoreId, ({ thread }) => markInThread(thread, { message, author, person }));
    },
    tickOff: async ({ restoreId, userId, works }) => {
      const person = await deps.people.findPerson(userId);
      if (person.barred !== null) return { ok: false, refusal: judgeBarred(person.barred) };
      if (works.length === 0) return { ok: false, refusal: nothingChosen };
      return await write(restoreId, (state) => {
        const open = openWorkOf(state).filter(({ name }) => works.includes(name));
        if (open.length === 0) return nothingLeft;
        return open.map(({ name: work }) => ({ type: 'left-work-done', work, person: actorOf(person) }));
      });
    },
  };
}
