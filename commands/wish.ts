/** What only a button decides, and was typed or said: the answer is the restore that is meant and its button. */

import { AuroraError } from '../src/aurora/errors.ts';
import type { RestoreState } from '../src/restore/record/state.ts';
import type { Conversation } from '../src/slack/conversation.ts';
import { dialogues } from '../src/slack/decisions/index.ts';
import { renderWish } from '../src/slack/messages/wish.ts';
import type { CommandDeps } from './deps.ts';
import { findOpenRestores } from './open-restores.ts';
import { linksOf } from './status.ts';
import type { Wish } from './wishes.ts';

/** `/aurora abort [cluster | R-id] …`: other words are a reason, which the form asks for. */
export async function answerWish(
  deps: CommandDeps,
  call: { conversation: Conversation; wish: Wish; words: readonly string[] },
): Promise<void> {
  const { conversation, wish, words } = call;
  const cluster = words.find((word) => deps.clusters.has(word)) ?? null;
  const named = words.find((word) => /^r\d{1,9}$/i.test(word))?.toUpperCase();
  const open = await findOpenRestores(deps, { conversation, cluster });
  const meant = open.restores.filter(({ restoreId }) => named === undefined || restoreId === named);
  if (meant.length === 0 && open.unreadable[0] !== undefined) throw open.unreadable[0];
  if (named !== undefined && meant.length === 0) throw notOpen(named);
  await tellWish(deps, conversation, { wish, restores: meant, cluster: open.cluster });
}

/** About restores that are known already. */
export async function tellWish(
  deps: Pick<CommandDeps, 'outbox'>,
  conversation: Conversation,
  about: { wish: Wish; restores: readonly RestoreState[]; cluster: string | null },
): Promise<void> {
  const { wish, restores, cluster } = about;
  const actionIds = wish.decisions.flatMap((name) => Object.keys(dialogues[name].buttons));
  const links = await linksOf(deps, restores);
  await conversation.tell(renderWish({ verb: wish.verb, actionIds, restores, links, cluster }));
}

function notOpen(restoreId: string): AuroraError {
  return new AuroraError({
    code: 'no-open-restore',
    message: `${restoreId} is not in progress.`,
    hint: '`/aurora status` lists those that are, and the last ones that have ended.',
  });
}
