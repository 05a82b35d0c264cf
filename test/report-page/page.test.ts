/** The page of a report in a browser: it can be read by everybody, in light and in dark, on a desk and on a phone, without a network. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordFile } from '../../src/report/formats.ts';
import { hasChromium, launchBrowser } from '../local-slack/browser.ts';
import { eventful } from '../report/stories.ts';
import { recordsOf } from '../slack/support/whole-story.ts';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe.skipIf(!hasChromium)('the page of a report', () => {
  let browser: Browser;
  let directory: string;
  beforeAll(async () => {
    browser = await launchBrowser();
    directory = await mkdtemp(join(tmpdir(), 'report-page-'));
    await writeFile(join(directory, 'report.html'), recordFile(recordsOf(eventful), 'html'));
  });
  afterAll(async () => {
    await browser.close();
    await rm(directory, { recursive: true });
  });

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 390],
    ['dark', 390],
  ] as const)(
    'has nothing that axe finds, %s, %d pixels wide, and asks for nothing',
    async (colorScheme, width) => {
      const context = await browser.newContext({
        colorScheme,
        viewport: { width, height: 900 },
        bypassCSP: true,
      });
      const page = await context.newPage();
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      const address = pathToFileURL(join(directory, 'report.html')).href;
      await page.goto(address);

      await page.addScriptTag({ content: axe });
      const found = await page.evaluate(
        // The page has no types of axe's.
        'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]))',
      );
      const overflows = await page.evaluate('document.documentElement.scrollWidth > window.innerWidth');

      expect(found).toEqual([]);
      expect(overflows).toBe(false);
      expect(asked).toEqual([address]);
      await context.close();
    },
  );
});
