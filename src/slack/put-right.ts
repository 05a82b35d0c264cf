/**
 * Looks at what stands in Slack while a restore is open: what people need to act may have been deleted, and whoever holds the bot's
 * token can edit what they decide by. One question about the thread, and one for each message in the channel that asks something.
 */
import type { RestoreState } from '../restore/record/state.ts';
import { isAsking } from './messages/answered.ts';
import { cardName } from './offered.ts';
import { contentHash } from './post.ts';
import type { Projection } from './projection.ts';
import { lose, type PassDeps, putSaid } from './put.ts';
import type { SeenMessage } from './seen.ts';

/**
 * What is gone and needed is put again by the pass that follows, the card as well when it was edited; replies are put right here.
 * Answers the names of those that somebody else had edited.
 */
export async function putRight(
  deps: PassDeps,
  projection: Projection,
  state: RestoreState,
): Promise<readonly string[]> {
  const { ledger, reader } = deps;
  const card = await ledger.findPost(projection.keyOf(cardName));
  if (card === null || state.ended !== null) return [];
  const thread = await reader.readThread(card.channel, card.ts);
  const edited: string[] = [];
  const seenCard = thread.get(card.ts);
  if (seenCard === undefined) lose(deps, projection, cardName);
  else if (distrusts(deps, projection, cardName, seenCard)) edited.push(cardName);
  for (const said of projection.said.values()) {
    const { name, place } = said;
    // The bot need not be able to read another channel, and nobody decides there.
    if (said.elsewhere !== undefined) continue;
    const post = await ledger.findPost(projection.keyOf(name));
    const isLive = projection.live.has(name);
    if (post === null || (place === 'channel' && !isLive)) continue;
    const there = place === 'channel' ? await reader.readThread(post.channel, post.ts) : thread;
    const seen = there.get(post.ts);
    const rendered = said.render(state, null);
    if (seen === undefined) {
      if (isLive && isAsking(rendered)) lose(deps, projection, name);
      continue;
    }
    // Said by an earlier process: it is ours to compare with when this version says it in the same words.
    const key = projection.keyOf(name);
    if (!projection.shown.has(key) && !said.linked && contentHash(rendered) === post.contentSha256)
      projection.shown.set(key, { hash: post.contentSha256, ts: post.ts, message: rendered });
    if (distrusts(deps, projection, name, seen)) edited.push(name);
    if (!projection.shown.has(key) && deps.poster.isDistrusted(key))
      await putSaid(deps, projection, said, { state, card: card.ts });
  }
  return edited;
}

/**
 * True when it was certainly edited by somebody else. Where this process does not know what Slack has made of our blocks, it is put
 * once more without a word: then it knows.
 */
function distrusts(deps: PassDeps, projection: Projection, name: string, seen: SeenMessage): boolean {
  const key = projection.keyOf(name);
  const shown = projection.shown.get(key);
  if (shown?.ts !== seen.ts) return false;
  const isAsPut = deps.poster.isAsPut(key, shown.message, seen);
  if (isAsPut === true) return false;
  deps.poster.distrust(key);
  projection.shown.delete(key);
  return isAsPut === false;
}
