/** Somebody said to stop: nothing is stopped by words, so they are asked, with a button that opens the form with what they said. */
import type { RestoreState } from '../src/restore/record/state.ts';
import { actionIds } from '../src/slack/action-ids.ts';
import type { Conversation, Press } from '../src/slack/conversation.ts';
import { dialogues } from '../src/slack/decisions/index.ts';
import { renderRefusal } from '../src/slack/messages/refusal.ts';
import { askInTime } from './decisions.ts';
import type { CommandDeps } from './deps.ts';
import { formMetadata, unknownRestore } from './form-subject.ts';

/** The value of the button: seen by one person only, so no message of the ledger has it, and the seal stands for that. */
export function sealAskAbort(
  { seals }: Pick<CommandDeps, 'seals'>,
  { userId, channel, threadTs }: Pick<Conversation, 'userId' | 'channel' | 'threadTs'>,
  about: { restoreId: string; reason: string },
): string {
  const { restoreId, reason } = about;
  return seals.seal({
    form: actionIds.askAbort,
    userId,
    channel,
    threadTs,
    messageTs: null,
    subject: `${restoreId} ${reason}`,
  });
}

/** The form of the button on the card, with the reason in it. AuroraError as `Seals.open` throws it. */
export async function pressAskAbort(deps: CommandDeps, press: Press): Promise<void> {
  const { userId } = press;
  const { subject } = deps.seals.open(press.value, { form: actionIds.askAbort, userId });
  const [restoreId = '', ...reason] = subject.split(' ');
  const state: RestoreState | null = await deps.service.read(restoreId);
  if (state === null) throw unknownRestore();
  const refusal = await askInTime(deps, 'abort', { restoreId, userId });
  if (refusal !== null) {
    await press.tell(renderRefusal(refusal));
    return;
  }
  const { form } = dialogues.abort;
  const metadata = formMetadata(deps, press, {
    form: form.id,
    gate: null,
    subject: { restoreId, digest: '' },
  });
  await press.show(
    form.show({
      state,
      gate: null,
      metadata,
      userId,
      now: deps.clock.now(),
      staged: [],
      reason: reason.join(' '),
    }),
  );
}
