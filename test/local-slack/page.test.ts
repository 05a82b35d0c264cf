import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LocalSlack } from '../../src/local-slack/local-slack.ts';
import { type RunningApp, startSocketApp } from './app-under-contract.ts';
import { hasChromium, launchBrowser } from './browser.ts';
import { callApi, control, startWorld, waitForEvent } from './world.ts';

/** People with a screen: the page in a real browser, with a real app behind it. */

describe.runIf(hasChromium)('the page', () => {
  let browser: Browser;
  let slack: LocalSlack;
  let app: RunningApp;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
  });
  beforeEach(async () => {
    slack = await startWorld({ rules: { rateScale: 100 } });
    app = await startSocketApp(slack.apiUrl);
    const context = await browser.newContext({ viewport: { width: 1400, height: 860 } });
    context.setDefaultTimeout(10_000);
    page = await context.newPage();
    complaints = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
  });
  afterEach(async () => {
    await page.context().close();
    await app.stop();
    await slack.close();
  });

  const open = async (path = '/') => {
    await page.goto(slack.url + path);
    await page.waitForSelector('#app[data-ready=yes]');
  };
  const channel = () => page.locator('#channel');
  const postCard = async (): Promise<string> => {
    await control(slack, 'type', { user: 'U0ANA', channel: 'C0OPS', text: '/aurora card' });
    const posted = await waitForEvent(slack, (event) => event.type === 'message_posted');
    return String(posted.ts);
  };

  test('a command is completed by keys and answered for the person alone', async () => {
    await open();

    await page.keyboard.type('/au');
    await page.getByRole('option', { name: /\/aurora/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.type('le');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');

    const answer = channel().locator('.message.ephemeral');
    await answer.getByText('aurora-2').waitFor();
    expect(await answer.innerText()).toContain('Only visible to you');
    await page.locator('[data-user=U0BO]').click();
    await answer.waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
  });

  test('a button asks first; everyone sees its answer without reloading', async () => {
    const ts = await postCard();
    await open('/?as=U0BO');
    const elsewhere = await browser.newContext();
    const other = await elsewhere.newPage();
    await other.goto(`${slack.url}/?as=U0CY`);
    await other.getByRole('button', { name: 'Approve' }).waitFor();

    await page.locator(`#channel [data-ts="${ts}"] [data-action=approve]`).click();
    const dialog = page.locator('#confirm');
    await dialog.getByText('Schedulers stop.').waitFor();
    await dialog.getByRole('button', { name: 'Not now' }).click();
    const untouched = await page.locator(`#channel [data-ts="${ts}"]`).innerText();
    await page.locator(`#channel [data-ts="${ts}"] [data-action=approve]`).click();
    await dialog.getByRole('button', { name: 'Stop them' }).click();

    await other.locator(`#channel [data-ts="${ts}"]`).getByText('Approved by @bo').waitFor();
    expect(untouched).toContain('Approve');
    expect(await other.locator(`#channel [data-ts="${ts}"]`).innerText()).toContain('(edited)');
    expect(complaints).toEqual([]);
    await elsewhere.close();
  });

  test('a modal shows errors at its fields, keeps what was typed, and submits', async () => {
    const ts = await postCard();
    await open('/?as=U0BO');

    await page.locator(`#channel [data-ts="${ts}"] [data-action=decline]`).click();
    const modal = page.locator('#modal');
    const field = modal.getByLabel('Reason');
    // It is shown before it is focused, and the key goes to what is focused.
    await field.and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Enter');
    await modal.getByText('Please complete this required field.').waitFor();
    await field.fill('because');
    await page.keyboard.press('Enter');
    await modal.getByText('Say more.').waitFor();
    const kept = await field.inputValue();
    await field.fill('wrong backup');
    await modal.getByRole('button', { name: 'Decline' }).click();

    await channel().getByText('Declined by @bo: wrong backup').waitFor();
    expect(kept).toBe('because');
    expect(await modal.getAttribute('open')).toBeNull();
    expect(complaints).toEqual([]);
  });

  test('a field that searches takes several, takes one out again, and submits them', async () => {
    await open();
    await control(slack, 'type', { user: 'U0ANA', channel: 'C0OPS', text: '/aurora hosts' });
    const modal = page.locator('#modal');
    const field = modal.getByRole('combobox', { name: 'Which hosts' });

    await field.click();
    await modal.getByText('All hosts').waitFor();
    await modal.getByRole('option', { name: 'aurora-1' }).click();
    await field.fill('-2');
    await modal.getByRole('option', { name: 'aurora-2' }).click();
    await field.fill('-3');
    await modal.getByRole('option', { name: 'aurora-3' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const chips = await modal.locator('.chip').allInnerTexts();
    await modal.getByRole('button', { name: 'Take out aurora-2' }).click();
    await field.fill('nowhere');
    await modal.getByText('Nothing found').waitFor();
    await page.keyboard.press('Escape');
    await modal.getByRole('button', { name: 'Choose' }).click();

    await channel().getByText('@ana chose aurora-1, aurora-3').waitFor();
    expect(chips).toEqual(['aurora-1', 'aurora-2', 'aurora-3']);
    expect(complaints).toEqual([]);
  });

  test('Escape goes down the stack of modals and the app hears of it', async () => {
    const ts = await postCard();
    await open('/?as=U0BO');
    await page.locator(`#channel [data-ts="${ts}"] [data-action=decline]`).click();
    await page.locator('#modal').getByLabel('Reason').fill('push');
    await page.keyboard.press('Enter');
    await page.locator('#modal').getByText('Really?').waitFor();

    await page.keyboard.press('Escape');
    await page.locator('#modal').getByText('Reason').waitFor();
    await page.keyboard.press('Escape');

    await channel().getByText('Nothing was declined.').waitFor();
    expect(complaints).toEqual([]);
  });

  test('a thread takes mentions, refuses commands and counts its replies', async () => {
    await open();
    await page.keyboard.type('the log is corrupt');
    await page.keyboard.press('Enter');
    await channel().getByText('the log is corrupt').hover();
    await channel().getByRole('button', { name: 'Reply in thread' }).click();
    const reply = page.locator('#thread-composer');

    await reply.fill('/aurora leader');
    await page.locator('#thread').getByText('Commands do not work in threads').waitFor();
    await reply.press('Enter');
    await reply.fill('');
    await reply.pressSequentially('hello @auro');
    await page
      .getByRole('option', { name: /Aurora/ })
      .first()
      .waitFor();
    await reply.press('Enter');
    await reply.press('Enter');

    await page.locator('#thread').getByText('I am here').waitFor();
    await channel().getByText('2 replies').waitFor();
    expect(app.mentions).toEqual(['hello <@U0BOT>']);
    expect(complaints).toEqual([]);
  });

  test('selects choose, external ones after asking the app', async () => {
    const ts = await postCard();
    await open('/?as=U0CY');
    const card = page.locator(`#channel [data-ts="${ts}"]`);

    await card.locator('select[data-action=cluster]').selectOption('west');
    await channel().getByText('chose west').waitFor();
    await card.locator('input[data-action=backup]').fill('14:02');
    await card.getByRole('option', { name: 'backup 14:02' }).click();

    await channel().getByText('took b-1').waitFor();
    expect(complaints).toEqual([]);
  });

  test('markup in messages never becomes markup of the page', async () => {
    const hostile = '<script>alert(1)</script> <img src=x onerror=alert(1)> <javascript:alert(1)|click>';
    await callApi(slack, 'chat.postMessage', {
      channel: 'C0OPS',
      text: 'x',
      blocks: [
        { type: 'section', text: { type: 'mrkdwn', text: hostile } },
        { type: 'header', text: { type: 'plain_text', text: hostile } },
        { type: 'markdown', text: `[click](javascript:alert(1)) ${hostile}` },
      ],
    });
    await open();
    await channel().locator('.block-header').waitFor();

    expect(await channel().locator('.blocks script, .blocks img, .blocks a').count()).toBe(0);
    expect(await channel().locator('.block-section').innerText()).toContain('<script>alert(1)</script>');
    expect(complaints).toEqual([]);
  });

  test('unread channels are marked, permalinks open threads, people who left are shown the door', async () => {
    const posted = await callApi(slack, 'chat.postMessage', { channel: 'C0OPS', text: 'a plan' });
    const reply = await callApi(slack, 'chat.postMessage', {
      channel: 'C0OPS',
      text: 'a cost',
      thread_ts: posted.body.ts,
    });
    const { body } = await callApi(slack, 'chat.getPermalink', {
      channel: 'C0OPS',
      message_ts: reply.body.ts,
    });
    await open(String(body.permalink).replace(slack.url, ''));
    await page.locator('#thread').getByText('a cost').waitFor();

    await control(slack, 'type', { user: 'U0BO', channel: 'C0OUT', text: 'psst' });
    await page.locator('[data-channel=C0OUT].unread').waitFor();
    await page.locator('[data-user=U0DEE]').click();

    await channel().getByText('Dee Gone is').waitFor();
    expect(complaints).toEqual([]);
  });

  test('the log shows envelopes with their time and calls with their result', async () => {
    await open();
    await page.locator('[data-log=toggle]').click();
    await page.keyboard.press('/');
    await page.locator('#composer').fill('/aurora whisper');
    await page.locator('#composer').press('Enter');

    const drawer = page.locator('#drawer');
    await drawer
      .locator('.log-entry', { hasText: 'slash_commands: /aurora whisper' })
      .getByText('acked')
      .waitFor();
    await drawer.locator('.log-entry', { hasText: 'chat.postEphemeral' }).getByText('ok').first().waitFor();
    expect(await drawer.innerText()).not.toContain('xoxb-');
    expect(complaints).toEqual([]);
  });

  test('it fits a phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await postCard();
    await open();
    await channel().getByText('Approve').waitFor();

    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');

    expect(overflow).toBeLessThanOrEqual(0);
    await page.getByRole('button', { name: 'Channels and people' }).click();
    await page.locator('[data-user=U0BO]').click();
    expect(complaints).toEqual([]);
  });
});
