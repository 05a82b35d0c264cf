/** What people say in the thread of a restore is part of its record, and one of them can mark what matters. */
import type { Shortcut, ThreadNews } from '../src/slack/conversation.ts';
import { renderMarked } from '../src/slack/messages/marked.ts';
import { renderRefusal } from '../src/slack/messages/refusal.ts';
import type { CommandDeps } from './deps.ts';

/** Threads of anything else are nobody's record: nothing of them is kept. */
export async function heardInThread(deps: CommandDeps, news: ThreadNews): Promise<void> {
  const { channel, threadTs, message, change } = news;
  const restoreId = await deps.outbox.findRestore({ channel, threadTs });
  if (restoreId !== null) await deps.service.hear({ restoreId, message, change });
}

/** "Mark as important for the record". */
export async function markImportant(deps: CommandDeps, used: Shortcut): Promise<void> {
  const { about, userId } = used;
  const restoreId = about === null ? null : await deps.outbox.findRestore(about);
  if (about === null || restoreId === null) {
    await used.tell(renderRefusal(notInThread));
    return;
  }
  const answer = await deps.service.mark({ restoreId, userId, message: about.message });
  await used.tell(answer.ok ? renderMarked(restoreId) : renderRefusal(answer.refusal));
}

const notInThread = {
  message: 'Only what a person said in the thread of a restore can be marked.',
  hint: 'What the bot says is already in the record.',
};
