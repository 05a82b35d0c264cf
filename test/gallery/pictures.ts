/** Takes the pictures: the examples are put into a local Slack, and its page is looked at in Chromium, wide or as on a phone. */
import type { Browser, CDPSession, Page } from 'playwright-core';
import type { LocalSlack } from '../../src/local-slack/local-slack.ts';
import { callApi, startWorld } from '../local-slack/world.ts';
import type { Example, ShownHome, ShownView } from './example.ts';

export const ways = ['desktop-light', 'phone-dark', 'desktop-dark', 'phone-light'] as const;
export type Way = (typeof ways)[number];

/** Two for all; all four for those that matter most. */
export function waysOf({ main }: Example): readonly Way[] {
  return main === true ? ways : ways.slice(0, 2);
}

const sizes = { desktop: { width: 1000, height: 900 }, phone: { width: 390, height: 844 } };
/** Taller than any message or form: nothing of them is scrolled away. */
const tall = 3_600;
/** A picture of words: above this nobody sees a difference. */
const quality = 35;
/** Everything is said at this instant, in the browser as well. */
const now = Date.UTC(2026, 10, 23, 14, 40);

/** Calls back with each picture, as WebP. */
export async function takePictures(
  browser: Browser,
  examples: readonly Example[],
  keep: (example: Example, way: Way, bytes: Buffer) => Promise<void>,
): Promise<void> {
  const slack = await startGallery();
  try {
    const placed = new Map<string, string>();
    for (const example of examples)
      if ('message' in example) placed.set(example.id, await post(slack, example));
    for (const way of ways) {
      const wanted = examples.filter((each) => waysOf(each).includes(way));
      const { page, camera } = await openPage(browser, slack, way);
      const pictureOf = async (example: Exclude<Example, ShownHome>): Promise<Buffer> => {
        if (example.kind === 'form') return await ofView(slack, { page, camera }, example);
        return await clipped(page, camera, `[id="channel-${placed.get(example.id) ?? ''}"]`);
      };
      for (const example of wanted) {
        if (example.kind === 'home') continue;
        await keep(example, way, await pictureOf(example));
      }
      await page.close();
    }
    // Last: a page that is opened after a Home tab was looked at lacks messages that one person alone sees.
    for (const example of examples)
      if (example.kind === 'home')
        for (const way of waysOf(example))
          await keep(example, way, await ofHome(browser, slack, { way, example }));
  } finally {
    await slack.close();
  }
}

/** The people of all examples in one workspace, each by one name. */
async function startGallery(): Promise<LocalSlack> {
  const people = ['ana', 'bo', 'cy', 'dee', 'gus'];
  let at = now;
  return await startWorld({
    users: people.flatMap((name) =>
      ['U0', 'U'].map((prefix) => ({ id: `${prefix}${name.toUpperCase()}`, name, realName: name })),
    ),
    usergroups: [
      { id: 'S0ONCALL', handle: 'aurora-oncall', name: 'Aurora on call', users: ['U0BO', 'U0CY'] },
      { id: 'S0LEADS', handle: 'leads', name: 'Leads', users: ['U0DEE'] },
    ],
    channels: [
      { id: 'C0OPS', name: 'aurora-ops', members: ['U0ANA', 'UANA', 'U0BOT'], topic: 'Restores of Aurora' },
    ],
    clock: { now: () => (at += 1), sleep: () => new Promise(() => undefined) },
    rules: { rateScale: 100_000 },
  });
}

/** Where it is: its `ts`. */
async function post(slack: LocalSlack, example: Extract<Example, { message: unknown }>): Promise<string> {
  const isForOne = example.kind === 'you';
  const { text, blocks } = example.message;
  const { body } = await callApi(slack, isForOne ? 'chat.postEphemeral' : 'chat.postMessage', {
    channel: 'C0OPS',
    text,
    blocks,
    ...(isForOne && { user: 'U0ANA' }),
  });
  if (body['ok'] !== true) throw new Error(`${example.id}: ${JSON.stringify(body)}`);
  return String(body['message_ts'] ?? body['ts']);
}

async function openPage(
  browser: Browser,
  slack: LocalSlack,
  way: Way,
): Promise<{ page: Page; camera: CDPSession }> {
  const [device, colorScheme] = way.split('-') as ['desktop' | 'phone', 'light' | 'dark'];
  const context = await browser.newContext({
    viewport: { ...sizes[device], height: tall },
    colorScheme,
    // For the style below.
    bypassCSP: true,
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.clock.setFixedTime(now + 60_000);
  await page.goto(`${slack.url}/?as=U0ANA`);
  await page.waitForSelector('#app[data-ready=yes]');
  // Only the message is wanted, whole, and not what a mouse over it would show.
  await page.addStyleTag({
    content:
      '.tools, .hover-time, .message:not([data-shown]) { display: none !important } #modal, .modal form { max-height: none !important }',
  });
  const camera = await context.newCDPSession(page);
  return { page, camera };
}

async function ofView(
  slack: LocalSlack,
  { page, camera }: { page: Page; camera: CDPSession },
  example: ShownView,
): Promise<Buffer> {
  const trigger_id = slack.workspace.triggers.issue('U0ANA', null);
  const { body } = await callApi(slack, 'views.open', { trigger_id, view: example.view });
  if (body['ok'] !== true) throw new Error(`${example.id}: ${JSON.stringify(body)}`);
  const id = String((body['view'] as { id: string }).id);
  await page.waitForSelector(`#modal[open][data-view="${id}"]`);
  // Without the mark of what would be typed into first.
  await page.evaluate('document.activeElement?.blur()');
  const picture = await clipped(page, camera, '#modal');
  await page.keyboard.press('Escape');
  return picture;
}

/** In a page of its own, which has what was published before it was opened. */
async function ofHome(
  browser: Browser,
  slack: LocalSlack,
  { way, example }: { way: Way; example: ShownHome },
): Promise<Buffer> {
  const { body } = await callApi(slack, 'views.publish', { user_id: 'U0ANA', view: example.view });
  if (body['ok'] !== true) throw new Error(`${example.id}: ${JSON.stringify(body)}`);
  const { page, camera } = await openPage(browser, slack, way);
  try {
    // On a phone it lies behind the menu.
    await page.evaluate(`document.querySelector('[data-home="open"]').click()`);
    await page.waitForSelector('.home');
    return await clipped(page, camera, '.home');
  } finally {
    await page.close();
  }
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** In the page, whose types are not known here. A form stands in the middle; what scrolls is in it. */
const find = `(wanted) => {
  document.querySelector('[data-shown]')?.removeAttribute('data-shown');
  const element = document.querySelector(wanted);
  element?.setAttribute('data-shown', 'yes');
  if (wanted !== '#modal') element?.scrollIntoView({ block: 'start', behavior: 'instant' });
  const place = element?.getBoundingClientRect();
  return place === undefined ? null : { x: place.x, y: place.y, width: place.width, height: place.height };
}`;

/** Only this one is drawn: the others would cost as much again for each picture. */
async function clipped(page: Page, camera: CDPSession, selector: string): Promise<Buffer> {
  await page.waitForSelector(selector, { state: 'attached', timeout: 10_000 });
  // Text is evaluated, and a function in it not called.
  const box = await page.evaluate<Box | null>(`(${find})(${JSON.stringify(selector)})`);
  if (box === null) throw new Error(`${selector} is not on the page`);
  const { data } = await camera.send('Page.captureScreenshot', {
    format: 'webp',
    quality,
    clip: { ...box, scale: 1 },
  });
  return Buffer.from(data, 'base64');
}
