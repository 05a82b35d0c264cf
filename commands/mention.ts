import { AuroraError } from '../src/aurora/errors.ts';
import { endedOf } from '../src/restore/record/ended.ts';
import type { RestoreState } from '../src/restore/record/state.ts';
import type { Listed } from '../src/restore/service/list.ts';
import type { Mention } from '../src/slack/conversation.ts';
import { tellRefusal } from './decisions.ts';
import type { CommandDeps } from './deps.ts';
import { help } from './help.ts';
import { parseMention } from './parse.ts';

import { tellStatus } from './status.ts';
import { tellWho } from './who.ts';

/** `@aurora status | who | abort <reason> | help` in a restore's thread, where no command can be typed. */
export async function mention(deps: CommandDeps, said: Mention): Promise<void> {
  const what = parseMention(said.text);
  if (what.kind === 'help') return await help(said, null);
  const state = await findRestore(deps, said);
  switch (what.kind) {
    case 'status':
      return await tellStatus(deps, { conversation: said, ...asListed(state), cluster: null });
    case 'who':
      return await tellWho(deps, said, state);
    case 'abort':
      return await tellRefusal(
        said,
        await deps.service.take('abort', {
          restoreId: state.restoreId,
          userId: said.userId,
          reason: what.reason.slice(0, 300),
        }),
      );
  }
}

function asListed(state: RestoreState): Listed {
  const ended = endedOf(state);
  return ended === null
    ? { restores: [state], ended: [], unreadable: [] }
    : { restores: [], ended: [ended], unreadable: [] };
}

async function findRestore(deps: CommandDeps, said: Mention): Promise<RestoreState> {
  const { channel, threadTs } = said;
  const restoreId = threadTs === null ? null : await deps.outbox.findRestore({ channel, threadTs });
  const state = restoreId === null ? null : await deps.service.read(restoreId);
  if (state !== null) return state;
  throw new AuroraError({
    code: 'not-a-restore-thread',
    message: 'This is not the thread of a restore.',
    hint: 'Mention me in one, or type `/aurora status` in the channel.',
  });
}
