import type { Conversation } from '../src/slack/conversation.ts';
import { renderHelp } from '../src/slack/messages/status.ts';

/** `/aurora help`, and the answer to a word that is not a command. */
export async function help(
  conversation: Conversation,
  unknown: { word: string; meant: string | null } | null,
): Promise<void> {
  await conversation.tell(renderHelp(unknown));
}
