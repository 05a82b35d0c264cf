/** The page for people without a mouse, with a screen reader, or with a phone. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LocalSlack } from '../../src/local-slack/local-slack.ts';
import { type RunningApp, startSocketApp } from './app-under-contract.ts';
import { hasChromium, launchBrowser } from './browser.ts';
import { appToken, botToken, callApi, control, signingSecret, startWorld, waitForEvent } from './world.ts';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const usageHint = 'help | leader [cluster] | restore [who | R-id] | history [cluster]';

describe.runIf(hasChromium)('the page for everybody', () => {
  let browser: Browser;
  let slack: LocalSlack;
  let app: RunningApp;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
  });
  beforeEach(async () => {
    const scopes = ['commands', 'chat:write', 'app_mentions:read', 'pins:write', 'files:write'];
    slack = await startWorld({
      rules: { rateScale: 100 },
      app: {
        appId: 'A0AURORA',
        name: 'aurora',
        botUserId: 'U0BOT',
        botToken,
        appToken,
        signingSecret,
        commands: [{ command: '/aurora', usageHint }],
        shortcuts: [{ callbackId: 'mark-important', name: 'Mark as important for the record' }],
        scopes,
      },
    });
    slack.offerFaults({
      offered: () => [{ name: 'agent-crash', what: 'An agent dies and comes back.', happening: false }],
      begin: () => undefined,
    });
    app = await startSocketApp(slack.apiUrl);
  });
  afterEach(async () => {
    await context.close();
    await app.stop();
    await slack.close();
  });

  const open = async (
    { width = 1400, scheme = 'light' }: { width?: number; scheme?: 'light' | 'dark' } = {},
    path = '/',
  ) => {
    context = await browser.newContext({
      viewport: { width, height: 860 },
      colorScheme: scheme,
      bypassCSP: true,
    });
    context.setDefaultTimeout(10_000);
    page = await context.newPage();
    await page.goto(slack.url + path);
    await page.waitForSelector('#app[data-ready=yes]');
  };
  const post = async (args: Record<string, unknown>): Promise<string> => {
    const { body } = await callApi(slack, 'chat.postMessage', { channel: 'C0OPS', ...args });
    return String(body.ts);
  };
  /** A card with a thread, pinned; a file, a link, code, and what only one person sees. */
  const furnish = async (): Promise<string> => {
    await control(slack, 'type', { user: 'U0ANA', channel: 'C0OPS', text: '/aurora card' });
    const card = String((await waitForEvent(slack, (event) => event.type === 'message_posted')).ts);
    await callApi(slack, 'pins.add', { channel: 'C0OPS', timestamp: card });
    const text = 'See <https://aurora.example/east|the page> of `east`, <@U0BO>';
    await post({ text, thread_ts: card, blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] });
    await post({ text });
    await control(slack, 'type', { user: 'U0GUS', channel: 'C0OPS', text: 'hello' });
    await control(slack, 'type', { user: 'U0ANA', channel: 'C0OPS', text: '/aurora leader' });
    await waitForEvent(slack, (event) => event.type === 'ephemeral_posted');
    const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: '*Waits for you*\nNothing.' } }];
    await callApi(slack, 'views.publish', { user_id: 'U0ANA', view: { type: 'home', blocks } });
    return card;
  };
  const violations = async (): Promise<unknown> => {
    await page.addScriptTag({ content: axe });
    return await page.evaluate(
      // The page has no types of axe's.
      'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 120))]))',
    );
  };
  /** Presses Tab until the focus is there; the way is bounded. */
  const tabTo = async (selector: string, key = 'Tab') => {
    for (let presses = 0; presses < 60; presses += 1) {
      if (await page.locator(selector).and(page.locator(':focus')).count()) return;
      await page.keyboard.press(key);
    }
    throw new Error(`${selector} is not reached by ${key}`);
  };

  it.each([
    ['light', 1400],
    ['dark', 1400],
    ['light', 390],
    ['dark', 390],
  ] as const)('has nothing that axe finds, %s, %d pixels wide', async (scheme, width) => {
    const card = await furnish();
    await open({ scheme, width });
    await page.locator(`#channel [data-ts="${card}"]`).hover();
    const found: Record<string, unknown> = { channel: await violations() };

    await page.locator('[data-log=toggle]').click();
    await page.locator('#drawer').getByText('An agent dies and comes back.').waitFor();
    found['log'] = await violations();
    await page.getByRole('button', { name: 'Close the log' }).click();
    await page.locator(`#channel [data-ts="${card}"] .thread-link`).click();
    await page.locator('#thread').getByText('the page').waitFor();
    found['thread'] = await violations();
    await page.getByRole('button', { name: 'Close the thread' }).click();
    await page.locator(`#channel [data-ts="${card}"] [data-action=decline]`).click();
    await page.locator('#modal').getByLabel('Reason').waitFor();
    found['modal'] = await violations();
    await page.keyboard.press('Escape');
    await page.locator('#modal').waitFor({ state: 'hidden' });
    if (width < 760) await page.getByRole('button', { name: 'Channels and people' }).click();
    await page.locator('[data-home=open]').click();
    await page.locator('#channel').getByText('Waits for you').waitFor();
    found['home'] = await violations();

    expect(found).toEqual({ channel: [], log: [], thread: [], modal: [], home: [] });
  });

  it('is walked by keys alone: to a message, its thread, an answer, back, a form, another person, Home', async () => {
    const card = await furnish();
    await open();
    const message = `#channel [data-ts="${card}"]`;

    await tabTo('#channel .messages', 'Shift+Tab');
    await page.keyboard.press('Home');
    await page.locator(message).and(page.locator(':focus')).waitFor();
    await tabTo(`${message} [data-focus=reply]`);
    await page.keyboard.press('Enter');
    await page.locator('#thread-composer:focus').waitFor();
    await page.keyboard.type('looks right');
    await page.keyboard.press('Enter');
    await page.locator('#thread').getByText('looks right').waitFor();
    await page.keyboard.press('Escape');
    await page.locator(message).and(page.locator(':focus')).waitFor();

    await tabTo(`${message} [data-action=decline]`);
    await page.keyboard.press('Enter');
    await page.locator('#modal').getByLabel('Reason').and(page.locator(':focus')).waitFor();
    await page.keyboard.type('wrong backup');
    await tabTo('#modal [data-submit=yes]');
    await page.keyboard.press('Enter');
    await page.locator('#channel').getByText('Declined by @ana: wrong backup').waitFor();

    await page.keyboard.press('Alt+2');
    await page.locator('[data-user=U0BO][aria-checked=true]').waitFor();
    await tabTo('[data-home=open]', 'Shift+Tab');
    await page.keyboard.press('Enter');
    await page.getByText('The app has published nothing here yet.').waitFor();
    await tabTo('[data-channel=C0OPS]', 'Shift+Tab');
    await page.keyboard.press('Enter');
    await page.locator(message).waitFor();
  });

  it('goes from the channel to the thread in the order in which they stand', async () => {
    const card = await furnish();
    await open();
    await page.locator(`${`#channel [data-ts="${card}"]`} .thread-link`).click();
    await page.locator('#thread-composer:focus').waitFor();

    const places = await page.evaluate(
      "[...document.querySelectorAll('button, textarea, [tabindex=\"0\"]')].map((each) => each.closest('#sidebar, #channel, #thread, #drawer')?.id).filter((id, index, all) => id !== undefined && id !== all[index - 1])",
    );

    expect(places).toEqual(['sidebar', 'channel', 'thread', 'drawer']);
  });

  it('tools of a message cover no word of it, nor of another one', async () => {
    const card = await furnish();
    for (const width of [1400, 390]) {
      await open({ width });
      const message = page.locator(`#channel [data-ts="${card}"]`);
      await message.hover();
      const tools = await message.locator('.tools').boundingBox();
      const texts = await page.locator('#channel .content').all();
      const boxes = await Promise.all(texts.map((text) => text.boundingBox()));

      expect(tools).not.toBeNull();
      expect(boxes.filter((box) => box !== null && tools !== null && overlap(box, tools))).toEqual([]);
      if (width === 1400) await context.close();
    }
  });

  it('a message is marked as important from its tools', async () => {
    await control(slack, 'type', { user: 'U0ANA', channel: 'C0OPS', text: 'we lost the rack' });
    await open();
    await page.locator('#channel').getByText('we lost the rack').hover();

    await page.getByRole('button', { name: 'Mark as important for the record' }).click();

    const used = await waitForEvent(
      slack,
      (event) => event.type === 'envelope' && String(event['summary']).includes('Mark as important'),
    );
    expect(used['summary']).toBe('ana uses Mark as important for the record');
  });

  it('offers what may follow a command with its brackets closed', async () => {
    await open();

    await page.keyboard.type('/aurora r');
    await page.getByRole('option').first().waitFor();

    expect(await page.locator('.completion .usage').allInnerTexts()).toEqual(['[who | R-id]']);
    await page.keyboard.press('Tab');
    expect(await page.locator('#composer').inputValue()).toBe('/aurora restore ');
  });

  it('closes the list of people on a phone once somebody is chosen', async () => {
    await open({ width: 390 });
    await page.getByRole('button', { name: 'Channels and people' }).click();

    await page.locator('[data-user=U0BO]').click();

    await page.locator('#sidebar').waitFor({ state: 'hidden' });
    expect(await page.locator('[data-user=U0BO]').getAttribute('aria-checked')).toBe('true');
  });

  it('says of each fault in words what it does', async () => {
    await open();
    await page.locator('[data-log=toggle]').click();
    await page.locator('#drawer .fault').first().waitFor();

    const faults = await page.locator('#drawer .fault').all();
    const words = await Promise.all(faults.map((fault) => fault.innerText()));

    expect(words.length).toBeGreaterThan(10);
    for (const text of words) expect(text).toMatch(/^[A-Z][^\n]+\n+[A-Z][^\n]+\.$/);
    expect(words).toContainEqual(expect.stringMatching(/^Agent crash\n+An agent dies and comes back\.$/));
  });

  it('shows that a message is pinned', async () => {
    const ts = await post({ text: 'the card' });
    await open();
    await callApi(slack, 'pins.add', { channel: 'C0OPS', timestamp: ts });

    await page.locator(`#channel [data-ts="${ts}"]`).getByText('Pinned to this channel').waitFor();
    await callApi(slack, 'pins.remove', { channel: 'C0OPS', timestamp: ts });

    await page.getByText('Pinned to this channel').waitFor({ state: 'detached' });
    expect(await page.locator(`#channel [data-ts="${ts}"]`).innerText()).not.toContain('(edited)');
  });
});

type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
