/** Fields that offer what fits while somebody types. Slack waits three seconds and asks again at the next letter. */
import type { App } from '@slack/bolt';
import { z } from 'zod';
import type { Listeners, Offered } from './conversation.ts';
import type { Reception } from './reception.ts';

const suggestionBody = z.object({
  user: z.object({ id: z.string(), team_id: z.string().optional() }),
  team: z.object({ id: z.string() }).nullish(),
  value: z.string().default(''),
  view: z.object({ private_metadata: z.string().default('') }).optional(),
});

const typedCharsMax = 200;

/** Nothing is offered to people of another workspace, nor when the answer fails or takes too long. */
export function registerSearch(
  app: App,
  reception: Reception,
  optionId: string,
  find: Listeners['searches'][string],
): void {
  app.options(optionId, async ({ ack, body }) => {
    const from = suggestionBody.parse(body);
    const offered = await reception.offer({
      name: optionId,
      teamId: from.user.team_id ?? from.team?.id ?? '',
      userId: from.user.id,
      find: () =>
        find({
          userId: from.user.id,
          metadata: from.view?.private_metadata ?? '',
          typed: from.value.slice(0, typedCharsMax),
        }),
    });
    await ack(answerOf(offered));
  });
}

/** A line above the options is a group's label; Slack takes no empty group. */
function answerOf({ options, heading }: Offered) {
  if (heading === null || options.length === 0) return { options: [...options] };
  return {
    option_groups: [{ label: { type: 'plain_text' as const, text: heading }, options: [...options] }],
  };
}
