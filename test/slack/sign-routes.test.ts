/** In HTTP mode browsers reach the page where Slack delivers. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSlackApp, type SlackApp } from '../../src/slack/app.ts';
import { botToken, signingSecret } from '../local-slack/world.ts';
import { type SlackWorld, startSlackWorld } from './support/slack-world.ts';

describe('the page for signing beside the deliveries of Slack', () => {
  let world: SlackWorld;
  let app: SlackApp;
  let url: string;
  const asked: string[] = [];

  const start = async (signPage: boolean) => {
    app = createSlackApp({
      botToken,
      apiUrl: world.slack.apiUrl,
      log: world.log,
      clock: world.clock,
      inbox: world.store,
      listeners: {
        commands: {},
        presses: {},
        submissions: {},
        searches: {},
        formChecks: {},
        mention: () => Promise.resolve(),
        home: () => Promise.resolve(),
        shortcuts: {},
        thread: () => Promise.resolve(),
      },
      mode: {
        kind: 'http',
        signingSecret,
        address: '127.0.0.1',
        port: 0,
        ...(signPage && {
          signPage: (request, response) => {
            asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
            response.writeHead(200).end('the page');
            return Promise.resolve();
          },
        }),
      },
    });
    const { port } = await app.start();
    url = `http://127.0.0.1:${port ?? 0}`;
  };
  beforeEach(async () => {
    world = await startSlackWorld();
    asked.length = 0;
  });
  afterEach(async () => {
    await app.stop();
    await world.close();
  });

  it.each([
    ['GET', '/sign'],
    ['GET', '/sign/'],
    ['GET', '/sign/enroll'],
    ['GET', '/sign/sign.js'],
    ['POST', '/sign/api/open'],
    ['POST', '/sign/api/relying-party'],
    ['OPTIONS', '/sign/api/sign'],
  ])('%s %s is the page', async (method, path) => {
    await start(true);

    const response = await fetch(url + path, { method });

    expect(response.status).toBe(200);
    expect(asked).toEqual([`${method} ${path}`]);
  });

  it('nothing is there where nobody signs on a page, and Slack is answered as before', async () => {
    await start(false);

    expect((await fetch(`${url}/sign/`)).status).toBe(404);
    expect((await fetch(`${url}/slack/events`, { method: 'POST', body: 'x' })).status).toBe(401);
    expect(asked).toEqual([]);
  });
});
