/** What listeners are handed, built from a delivery: answers by whatever way is open, and modals. */
import type { ModalView } from '@slack/types';
import { AuroraError } from '../aurora/errors.ts';
import type { Message } from './blocks.ts';
import type { Conversation, ShownModal, Triggered } from './conversation.ts';
import type { Reception } from './reception.ts';
import { readSlackFailure } from './slack-failure.ts';
import type { Listener, Respond } from './tell.ts';

/** What anybody may do who did something: be answered alone, or before all. */
export function conversation(reception: Reception, listener: Listener): Conversation {
  const { respond } = listener;
  const replace = listener.isOnAnswer === true ? respond : null;
  return {
    userId: listener.userId,
    channel: listener.channel,
    threadTs: listener.threadTs,
    tell: (message) => reception.tell(listener, message),
    ...(replace !== null && { replace: (message) => replaceBy(replace, message) }),
    share: async (message) => {
      if (respond !== null) await shareBy(respond, message);
      else await reception.post(listener, message);
    },
  };
}

async function replaceBy(respond: Respond, message: Message): Promise<void> {
  await respond({
    text: message.text,
    blocks: [...message.blocks],
    response_type: 'ephemeral',
    replace_original: true,
  });
}

async function shareBy(respond: Respond, message: Message): Promise<void> {
  await respond({
    text: message.text,
    blocks: [...message.blocks],
    response_type: 'in_channel',
    replace_original: false,
  });
}

/** What a trigger allows: one modal, shown or filled. AuroraError `trigger-expired` when it came too late. */
export function triggered(
  reception: Reception,
  { triggerId, viewId }: { triggerId: string; viewId: string | null },
): Triggered {
  const { client } = reception;
  const fill = async (id: string, view: ModalView): Promise<void> => {
    try {
      await client.views.update({ view_id: id, view });
    } catch (error) {
      const failure = readSlackFailure(error);
      if (failure?.kind !== 'refused' || failure.code !== 'not_found') throw error;
    }
  };
  const shown = (id: string): ShownModal => ({ fill: (view) => fill(id, view) });
  return {
    show: async (view) => {
      if (viewId !== null) {
        await fill(viewId, view);
        return shown(viewId);
      }
      try {
        const answer = await client.views.open({ trigger_id: triggerId, view });
        return shown(answer.view?.id ?? '');
      } catch (error) {
        const failure = readSlackFailure(error);
        if (failure?.kind !== 'refused' || !tooLate.has(failure.code)) throw error;
        throw new AuroraError({
          code: 'trigger-expired',
          message: 'Slack did not open the form: more than three seconds had passed.',
          hint: 'Nothing was done. Press again.',
          cause: error,
        });
      }
    },
  };
}

const tooLate = new Set(['expired_trigger_id', 'exchanged_trigger_id', 'invalid_trigger_id']);
