/** Decisions that are typed or said: nothing is decided by words, and the answer leads to the button. */
import type { CommandDeps } from '../../../commands/deps.ts';
import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import { depsOver } from '../../commands/support.ts';
import { eastAccess } from '../../slack/support/cluster.ts';
import { planned, staged } from '../../slack/support/whole-story.ts';
import { answer, mentioned, typed } from '../asking.ts';
import type { Group } from '../example.ts';
import { lastOf, onlyYou, threadLink } from '../moments.ts';

/** The ts of the card: what is said in its thread is about its restore. */
const thread = '1763907600.000100';

export async function sayingExamples(): Promise<Group> {
  const quiet = depsOver(await eastAccess());
  const during = (events: readonly RestoreEvent[]): CommandDeps => {
    const state = lastOf(events);
    return {
      ...quiet,
      service: {
        ...quiet.service,
        list: () => Promise.resolve({ restores: [state], ended: [], unreadable: [] }),
        read: () => Promise.resolve(state),
      },
      outbox: {
        ...quiet.outbox,
        findRestore: () => Promise.resolve(state.restoreId),
        linkOf: () => Promise.resolve(threadLink),
      },
    };
  };
  return {
    title: 'Words instead of buttons',
    examples: [
      onlyYou(
        {
          id: 'typed-approve',
          title: 'A decision was typed',
          seen: 'After `/aurora approve`, while an approval is asked for.',
        },
        await answer(typed(during(planned), 'approve')),
      ),
      onlyYou(
        {
          id: 'typed-too-early',
          title: 'A decision that is not asked for now',
          seen: 'After `/aurora commit`, before anybody has approved the stop.',
        },
        await answer(typed(during(planned), 'commit')),
      ),
      onlyYou(
        {
          id: 'typed-nothing-open',
          title: 'There is nothing to decide',
          seen: 'After `/aurora abort`, when no restore is in progress.',
        },
        await answer(typed(quiet, 'abort')),
      ),
      onlyYou(
        {
          id: 'said-stop',
          title: 'Somebody said to stop',
          seen: 'After *stop, wrong backup* was said to the bot in the thread.',
        },
        await answer(mentioned(during(staged), 'stop, wrong backup', thread)),
      ),
      onlyYou(
        {
          id: 'said-unclear-stop',
          title: 'A sentence that speaks of stopping',
          seen: 'After *should we stop this?* was said to the bot in the thread.',
        },
        await answer(mentioned(during(staged), 'should we stop this?', thread)),
      ),
      onlyYou(
        {
          id: 'said-unclear',
          title: 'A sentence it does not act on',
          seen: 'After *looks fine to me* was said to the bot.',
        },
        await answer(mentioned(quiet, 'looks fine to me')),
      ),
      onlyYou(
        {
          id: 'said-command',
          title: 'A command that was said',
          seen: 'After *backups* was said to the bot, which a mention cannot do.',
        },
        await answer(mentioned(quiet, 'backups')),
      ),
    ],
  };
}
