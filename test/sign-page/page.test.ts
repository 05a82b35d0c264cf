/** The page in a real browser, with a passkey made and used in its virtual authenticator: one form, one touch. */

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hasChromium, launchBrowser } from '../local-slack/browser.ts';
import { commitDigest, type Desk, openDesk } from './desk.ts';

const commitBy = (userId: string) =>
  ({ userId, restoreId: 'R1', what: 'commit', digest: commitDigest }) as const;

describe.runIf(hasChromium)('the page for signing', () => {
  let browser: Browser;
  let desk: Desk;
  let page: Page;
  let devtools: CDPSession;
  let authenticatorId: string;
  let complaints: string[];
  /** Calls to the bot that the page has made. */
  let calls: string[];

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
  });
  beforeEach(async () => {
    desk = await openDesk();
    const context = await browser.newContext();
    context.setDefaultTimeout(15_000);
    page = await context.newPage();
    complaints = [];
    calls = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // Refusals are answers with a status of their own, which Chromium calls errors.
      if (message.type() === 'error' && !message.text().includes('403')) complaints.push(message.text());
    });
    page.on('request', (request) => {
      if (request.method() === 'POST') calls.push(new URL(request.url()).pathname);
    });
    devtools = await context.newCDPSession(page);
    await devtools.send('WebAuthn.enable');
    ({ authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    }));
  });
  afterEach(async () => {
    await page.context().close();
    await desk.close();
  });

  const status = async (kind: 'good' | 'bad') => {
    await page.waitForSelector(`#status[data-kind=${kind}]`);
    return await page.locator('#status').textContent();
  };
  /** Bo makes a passkey on the page, and it is put into the roster. */
  const enroll = async (origins: readonly string[] = []) => {
    await page.goto(`${desk.url}/sign/enroll`);
    await page.getByLabel('Your name').fill('Bo');
    await page.getByLabel('Your id in Slack').fill('T1:UBO');
    await page.getByLabel('A name for this key').fill('laptop');
    await page.getByRole('button', { name: 'Make the passkey' }).click();
    await status('good');
    const entry = (await page.locator('#entry').textContent()) ?? '';
    await desk.writeRoster(entry.replaceAll(/^/gm, '  '), origins);
    return { words: await page.locator('#words').textContent() };
  };

  test('makes a passkey, and signs the commit with one touch of it', async () => {
    const { words } = await enroll();
    calls = [];

    await page.goto(desk.links.linkFor(commitBy('UBO')));
    await page.getByRole('heading', { name: 'Replace the storage of east' }).waitFor();
    const facts = (await page.locator('#facts').innerText()).replaceAll('\n', ' ');
    await page.getByLabel('A note for the record').fill('numbers checked');
    await page.getByRole('button', { name: 'Sign with a passkey' }).click();

    expect(await status('good')).toBe(
      'You signed off the commit of R1. The thread says so; you can close this page.',
    );
    expect(words).toMatch(/^([a-z]{5} ){5}[a-z]{5}$/);
    expect(facts).toContain('3 killed, 1 started again, 5 kept');
    expect(facts).toContain('aurora-1, aurora-2, aurora-3');
    expect(calls).toEqual(['/sign/api/open', '/sign/api/sign']);
    expect((await desk.office.events()).at(-1)).toMatchObject({
      type: 'signed-off',
      gate: 'commit',
      person: { id: 'T1:UBO' },
      comment: 'numbers checked',
      proof: { format: 'passkey', person: 'T1:UBO', key: 'laptop' },
    });
    expect(complaints).toEqual([]);

    await page.reload();
    expect(await status('bad')).toMatch(/^Your sign-off is already there\./);
  });

  test('signs nothing when the authenticator does not verify its user', async () => {
    await enroll();
    await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });

    await page.goto(desk.links.linkFor(commitBy('UBO')));
    await page.getByRole('button', { name: 'Sign with a passkey' }).click();

    expect(await status('bad')).toMatch(/^Nothing was signed:/);
    expect((await desk.office.state()).gates.commit?.signOffs).toEqual([]);
    expect(await page.getByRole('button', { name: 'Sign with a passkey' }).isEnabled()).toBe(true);
  });

  test('says why, where somebody cannot sign', async () => {
    await enroll();

    await page.goto(desk.links.linkFor(commitBy('UCY')));

    expect(await status('bad')).toMatch(
      /^This needs a signature of your own, and you are not in the roster of keys\./,
    );
    expect(await page.getByRole('button').isVisible()).toBe(false);
  });

  test('is told when what was to be signed has changed meanwhile', async () => {
    await enroll();
    await page.goto(desk.links.linkFor(commitBy('UBO')));
    const button = page.getByRole('button', { name: 'Sign with a passkey' });
    await button.waitFor();
    const { store } = desk.office;
    const { length: expectedSeq } = await store.read('R1');
    await store.append({
      restoreId: 'R1',
      expectedSeq,
      at: desk.office.clock.now(),
      events: [
        {
          type: 'declined',
          gate: 'commit',
          digest: commitDigest,
          person: { id: 'T1:UCY', userId: 'UCY', name: 'cy' },
          reason: 'no',
        },
      ],
    });

    await button.click();

    expect(await status('bad')).toMatch(/^cy has declined it; one decline ends it\./);
  });

  test('works from where it is hosted elsewhere, when the roster names that place', async () => {
    const elsewhere = createServer((request, response) => {
      const name = new URL(request.url ?? '/', 'http://page').pathname.slice(1) || 'sign.html';
      void readFile(new URL(`../../src/sign-page/page/${name}`, import.meta.url)).then(
        (bytes) =>
          response
            .writeHead(200, {
              'content-type': name.endsWith('.js')
                ? 'text/javascript'
                : name.endsWith('.css')
                  ? 'text/css'
                  : 'text/html',
            })
            .end(bytes),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const address = elsewhere.address();
    const origin = `http://localhost:${address !== null && typeof address === 'object' ? address.port : 0}`;
    try {
      await enroll([origin]);
      const token = desk.links.linkFor(commitBy('UBO')).split('#')[1] ?? '';

      await page.goto(`${origin}/?bot=${encodeURIComponent(desk.url)}#${token}`);
      await page.getByRole('button', { name: 'Sign with a passkey' }).click();

      expect(await status('good')).toMatch(/^You signed off the commit of R1\./);
    } finally {
      elsewhere.closeAllConnections();
      await new Promise((resolve) => elsewhere.close(resolve));
    }
  });
});
