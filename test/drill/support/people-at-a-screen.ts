/** People who only see and click: the page of the local Slack in a real browser, in the channel of a restore. */
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';

/** Longer than any wait of a scaled drill on a busy machine. */
const stepLimitMs = 60_000;

export interface Screen {
  /** Becomes this person. */
  be(user: string): Promise<void>;
  /** Types a command into the channel, taking what is offered for its first letters. */
  command(word: string): Promise<void>;
  /** Presses the newest button with this action in the thread. */
  press(actionId: string): Promise<void>;
  /** Fills in the fields of the open form and submits it. */
  fill(fields: Record<string, string>): Promise<void>;
  /** Follows the link in the open form, touches the passkey that is plugged in there, and closes page and form. */
  signOnPage(plugIn: (opened: Page) => Promise<void>): Promise<void>;
  /** Waits until this stands in the thread. */
  untilInThread(words: string | RegExp): Promise<void>;
  /** Pictures of this moment: wide and narrow, light and dark. */
  takePictures(name: string): Promise<void>;
  readonly page: Page;
  readonly channel: Locator;
  readonly thread: Locator;
  readonly form: Locator;
}

/** Opens the page; pictures go into `pictures`. */
export async function openScreen(page: Page, options: { url: string; pictures: string }): Promise<Screen> {
  page.context().setDefaultTimeout(stepLimitMs);
  await page.goto(options.url);
  await page.waitForSelector('#app[data-ready=yes]');
  const channel = page.locator('#channel');
  const thread = page.locator('#thread');
  const form = page.locator('#modal');
  return {
    page,
    channel,
    thread,
    form,
    be: (user) => page.locator(`[data-user=${user}]`).click(),
    command: async (word) => {
      const composer = page.locator('#composer');
      await composer.click();
      await page.keyboard.type('/au');
      await page.getByRole('option', { name: '/aurora' }).waitFor();
      await page.keyboard.press('Tab');
      await page.keyboard.type(word.slice(0, 3));
      await page.getByRole('option', { name: `/aurora ${word}` }).waitFor();
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
    },
    press: (actionId) => thread.locator(`[data-action=${actionId}]`).last().click(),
    fill: async (fields) => {
      for (const [label, text] of Object.entries(fields)) await form.getByLabel(label).fill(text);
      await form.locator('[data-submit=yes]').click();
      await form.waitFor({ state: 'hidden' });
    },
    signOnPage: async (plugIn) => {
      const opening = page.context().waitForEvent('page');
      await form.locator('[data-action=open-sign-page]').click();
      const opened = await opening;
      await plugIn(opened);
      await opened.getByRole('button', { name: 'Sign with a passkey' }).click();
      await opened.locator('#status[data-kind=good]').waitFor();
      await opened.close();
      await form.getByRole('button', { name: 'Not now' }).click();
      await form.waitFor({ state: 'hidden' });
    },
    untilInThread: (words) => thread.getByText(words).last().waitFor(),
    takePictures: (name) => takePictures(page, join(options.pictures, name)),
  };
}

const wide = { width: 1440, height: 900 };
const narrow = { width: 390, height: 844 };

async function takePictures(page: Page, path: string): Promise<void> {
  // Away from what would light up under it.
  await page.mouse.move(0, 0);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `${path}-${colorScheme}.png`, animations: 'disabled' });
  }
  await page.setViewportSize(narrow);
  await page.screenshot({ path: `${path}-phone-dark.png`, animations: 'disabled' });
  await page.emulateMedia({ colorScheme: 'light' });
  await page.screenshot({ path: `${path}-phone-light.png`, animations: 'disabled' });
  await page.setViewportSize(wide);
}
