/** Somebody opens the bot's Home tab: it is drawn anew each time, and never in between. */
import type { App } from '@slack/bolt';
import { z } from 'zod';
import type { Listeners } from './conversation.ts';
import type { Reception } from './reception.ts';

/** As far as it is read (docs.slack.dev, event `app_home_opened`); the Messages tab is opened by the same event. */
const openedBody = z.object({
  event: z.object({ user: z.string(), tab: z.string() }),
});

export function registerHome(app: App, reception: Reception, listeners: Listeners): void {
  app.event('app_home_opened', async ({ body }) => {
    const { event } = openedBody.parse(body);
    const { user: userId, tab } = event;
    if (tab !== 'home') return;
    await reception.hearOurs('app_home_opened', userId, () =>
      listeners.home({
        userId,
        publish: async (view) => {
          await reception.client.views.publish({ user_id: userId, view });
        },
      }),
    );
  });
}
