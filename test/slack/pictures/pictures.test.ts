import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createPictures } from '../../../src/slack/pictures/pictures.ts';
import { renderPng } from '../../../src/slack/pictures/render-png.ts';
import { createPostingClient } from '../../../src/slack/web-client.ts';
import { botToken, control } from '../../local-slack/world.ts';
import { type SlackWorld, startSlackWorld } from '../support/slack-world.ts';

let world: SlackWorld;
afterEach(async () => await world.close());

const picture = {
  name: 'backups-east-2026-11-23.png',
  title: 'Backups of east',
  words: '*`east`, 14 days: 3 whole backups.*',
  svg: '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><rect width="9" height="9"/></svg>',
};
const here = { channel: 'C0OPS', threadTs: null };

const withFiles = z.object({
  messages: z.array(
    z.object({
      plain: z.string(),
      files: z
        .array(z.object({ name: z.string(), title: z.string(), mimetype: z.string(), url_private: z.url() }))
        .default([]),
    }),
  ),
});

function pictures() {
  return createPictures({
    client: createPostingClient({ botToken, apiUrl: world.slack.apiUrl, log: world.log, clock: world.clock }),
  });
}

describe('createPictures()', () => {
  it('shows a picture with its words above it, by what the manifest allows', async () => {
    world = await startSlackWorld();

    await pictures().show(here, picture);

    const { messages } = withFiles.parse(await control(world.slack, 'channels/C0OPS/messages'));
    const shown = messages.find(({ files }) => files.length > 0);
    expect(shown?.plain).toContain('east, 14 days: 3 whole backups.');
    expect(shown?.files).toMatchObject([{ name: picture.name, title: picture.title, mimetype: 'image/png' }]);
    const answer = await fetch(shown?.files[0]?.url_private ?? '');
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(new Uint8Array(await renderPng(picture.svg)));
  });

  it.each([
    ['may not send files', { without: ['files:write'] }, here, 'missing_scope'],
    ['is not in the channel', {}, { ...here, channel: 'C0NOWHERE' }, 'channel_not_found'],
    ['asks about a thread that is gone', {}, { ...here, threadTs: '1.000001' }, 'thread_not_found'],
  ])('says in words of Slack why not, when the bot %s', async (_, changes, place, code) => {
    world = await startSlackWorld(changes);

    await expect(pictures().show(place, picture)).rejects.toMatchObject({
      code: 'picture-failed',
      message: `Slack does not accept the picture here: ${code}.`,
    });
  });

  it('says that the bytes did not arrive', async () => {
    world = await startSlackWorld();
    const refusing = createPictures({
      client: createPostingClient({
        botToken,
        apiUrl: world.slack.apiUrl,
        log: world.log,
        clock: world.clock,
      }),
      fetch: () => Promise.resolve(new Response('no', { status: 500 })),
    });

    await expect(refusing.show(here, picture)).rejects.toMatchObject({
      message: 'The picture did not reach Slack.',
    });
  });
});
