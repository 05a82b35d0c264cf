import { endedOf } from '../src/restore/record/ended.ts';
import { mayAbort, type RestoreState } from '../src/restore/record/state.ts';
import type { Listed } from '../src/restore/service/list.ts';
import type { Mention } from '../src/slack/conversation.ts';
import { renderAskAbort, renderTyped, renderUnclear } from '../src/slack/messages/wish.ts';
import { sealAskAbort } from './ask-abort.ts';
import type { CommandDeps } from './deps.ts';
import { help } from './help.ts';
import { history } from './history.ts';
import { leader } from './leader.ts';
import { parseMention } from './parse-mention.ts';
import { status, tellStatus } from './status.ts';
import { restoreWho, tellWho } from './who.ts';
import { answerWish, tellWish } from './wish.ts';

/** What is said to the bot: about the restore of the thread, else about what is open in the channel. It decides nothing. */
export async function mention(deps: CommandDeps, said: Mention): Promise<void> {
  const what = parseMention(said.text);
  const state = await findRestore(deps, said);
  switch (what.kind) {
    case 'question':
      return await answer(deps, said, { name: what.name, state });
    case 'command':
      return await said.tell(renderTyped(what.name));
    case 'unclear':
      return await said.tell(
        renderUnclear(
          what.names === 'stop' && state !== null && mayAbort(state)
            ? sealAskAbort(deps, said, { restoreId: state.restoreId, reason: '' })
            : null,
        ),
      );
    case 'wish': {
      const { wish, reason } = what;
      if (state === null)
        return await answerWish(deps, { conversation: said, wish, words: reason.split(' ') });
      const { restoreId } = state;
      if (wish.verb === 'stop' && mayAbort(state))
        return await said.tell(renderAskAbort(state, sealAskAbort(deps, said, { restoreId, reason })));
      const restores = state.ended === null ? [state] : [];
      return await tellWish(deps, said, { wish, restores, cluster: state.proposal.cluster });
    }
  }
}

async function answer(
  deps: CommandDeps,
  said: Mention,
  asked: { name: 'status' | 'who' | 'help' | 'leader' | 'history'; state: RestoreState | null },
): Promise<void> {
  const { name, state } = asked;
  const cluster = state?.proposal.cluster ?? null;
  switch (name) {
    case 'help':
      return await help(said, null);
    case 'status':
      return state === null
        ? await status(deps, { conversation: said, cluster })
        : await tellStatus(deps, { conversation: said, ...asListed(state), cluster: null });
    case 'who':
      return state === null
        ? await restoreWho(deps, { conversation: said, named: cluster })
        : await tellWho(deps, said, state);
    case 'leader':
      return await leader(deps, { conversation: said, cluster, flags: new Set() });
    case 'history':
      return await history(deps, { conversation: said, cluster });
  }
}

function asListed(state: RestoreState): Listed {
  const ended = endedOf(state);
  return ended === null
    ? { restores: [state], ended: [], unreadable: [] }
    : { restores: [], ended: [ended], unreadable: [] };
}

/** `null` anywhere but in the thread of a restore. */
async function findRestore(deps: CommandDeps, { channel, threadTs }: Mention): Promise<RestoreState | null> {
  const restoreId = threadTs === null ? null : await deps.outbox.findRestore({ channel, threadTs });
  return restoreId === null ? null : await deps.service.read(restoreId);
}
