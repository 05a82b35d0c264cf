/**
 * Attacks that are told as tests of the room they attack, against the real bot, agents, store and local Slack: `npm run attacks` plays
 * them as well, so that one command tries everything that docs/threat-model.md says.
 */
import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const root = join(import.meta.dirname, '../..');

/** Files of nothing but attacks, by who tries them. */
const suites: Readonly<Record<string, readonly string[]>> = {
  'grant key': ['test/agent/state-attacks.test.ts', 'test/agent/kept-backups.test.ts'],
  'scheduler’s account': [
    'test/agent/operations/races.test.ts',
    'test/agent/operations/odd-files.test.ts',
    'test/agent/own-processes.test.ts',
  ],
  'network peer': ['test/slack/http-bounds.test.ts', 'test/agent/broken-answers.test.ts'],
  'bot token or signing secret': [
    'test/slack/forged.test.ts',
    'test/slack/edited.test.ts',
    'test/slack/adopted.test.ts',
    'test/slack/sealed.test.ts',
  ],
  'Slack account': ['test/restore/service/signatures.test.ts', 'test/restore/service/look-ups.test.ts'],
  'who types': ['test/slack/messages/hostile.test.ts', 'test/aurora/printable.test.ts'],
  'database writer': [
    'test/store/forged.test.ts',
    'test/store/sealed.test.ts',
    'test/store/one-bot.test.ts',
    'test/restore/engine/forged.test.ts',
    'test/restore/looks/lost-history.test.ts',
  ],
  'reader of a link': ['test/sign-page/calls.test.ts'],
  'account on the bot’s host': ['test/cli/terminal.test.ts'],
};

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

interface Told {
  readonly name: string;
  readonly held: boolean;
}

/** Where the configuration of the tests has them report. */
const report = join(root, 'reports/vitest.json');

/** Plays them all at once; an Error when a file was not played. */
export async function playSuites(): Promise<readonly Told[]> {
  await rm(report, { force: true });
  await runVitest(['run', ...Object.values(suites).flat()]);
  const { testResults } = reportSchema.parse(JSON.parse(await readFile(report, 'utf8')));
  return Object.entries(suites).flatMap(([attacker, files]) =>
    files.flatMap((file) => {
      const played = testResults.find(({ name }) => name.endsWith(`/${file}`))?.assertionResults ?? [];
      if (played.length === 0) throw new Error(`${file} was not played`);
      return played.map(({ fullName, status }) => ({
        name: `${attacker}: ${fullName}`,
        held: status === 'passed',
      }));
    }),
  );
}

/** Its exit status says no more than the report. */
async function runVitest(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve());
  });
}
