import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AuroraError } from '../../src/aurora/errors.ts';
import type { OfferedFaults } from '../../src/local-slack/control/offered-faults.ts';
import type { LocalSlack } from '../../src/local-slack/local-slack.ts';
import { hasChromium, launchBrowser } from './browser.ts';
import { startWorld } from './world.ts';

/** What the local Slack passes on to the drill it stands in; the drill's own faults are tested with whole worlds. */

class TeaTimes implements OfferedFaults {
  readonly begun: string[] = [];

  offered() {
    return [{ name: 'tea-time', what: 'Everybody has tea.', happening: this.begun.length > 0 }];
  }

  begin(name: string): void {
    if (name !== 'tea-time')
      throw new AuroraError({ code: 'fault-unknown', message: `There is no fault "${name}".`, hint: 'Tea.' });
    this.begun.push(name);
  }
}

let slack: LocalSlack;
let tea: TeaTimes;

beforeEach(async () => {
  slack = await startWorld({});
  tea = new TeaTimes();
});
afterEach(async () => {
  await slack.close();
});

const begin = async (name: string): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(`${slack.url}/control/drill-faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  });
  return { status: response.status, body: await response.json() };
};

describe('the faults of a drill, through the control API', () => {
  test('a Slack that stands alone has none', async () => {
    const listed: unknown = await (await fetch(`${slack.url}/control/drill-faults`)).json();

    expect(listed).toEqual({ ok: true, faults: [] });
    expect(await begin('tea-time')).toMatchObject({ status: 404 });
  });

  test('one begins when it is asked for', async () => {
    slack.offerFaults(tea);

    const answer = await begin('tea-time');

    expect(answer).toEqual({ status: 200, body: { ok: true, faults: tea.offered() } });
    expect(tea.begun).toEqual(['tea-time']);
  });

  test('one that does not exist is refused with what there is', async () => {
    slack.offerFaults(tea);

    const answer = await begin('coffee');

    expect(answer).toMatchObject({ status: 400, body: { error: 'fault-unknown', hint: 'Tea.' } });
  });
});

describe.runIf(hasChromium)('the faults of a drill, on the page', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
  });

  test('a button lets one happen, and shows that it does', async () => {
    slack.offerFaults(tea);
    const page = await browser.newPage();
    await page.goto(slack.url);
    await page.locator('[data-log=toggle]').click();

    await page.getByRole('button', { name: /^Tea time/ }).click();

    await page.locator('#toasts').getByText('Everybody has tea.').waitFor();
    expect(await page.getByRole('button', { name: /^Tea time…/ }).isDisabled()).toBe(true);
    expect(tea.begun).toEqual(['tea-time']);
    await page.close();
  });

  test('nothing is offered where there is no drill', async () => {
    const page = await browser.newPage();
    await page.goto(slack.url);

    await page.locator('[data-log=toggle]').click();

    await page.getByText('A bad day of Slack').waitFor();
    expect(await page.getByText('What can happen to the cluster').isVisible()).toBe(false);
    await page.close();
  });
});
