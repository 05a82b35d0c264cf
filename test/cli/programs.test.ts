/** Help for all programs loads none of them, and says what each says of itself. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { packageVersion } from '../../src/agent/package-root.ts';
import { registerAgent } from '../../src/cli/agent.ts';
import { registerBackup } from '../../src/cli/backup.ts';
import { registerBackupState } from '../../src/cli/backup-state.ts';
import { registerBot } from '../../src/cli/bot-command.ts';
import { registerConfig } from '../../src/cli/config-check.ts';
import { registerDrill } from '../../src/cli/drill.ts';
import { registerEnroll } from '../../src/cli/enroll.ts';
import { registerPeople } from '../../src/cli/people.ts';
import { registerPki } from '../../src/cli/pki.ts';
import { commandLineFor } from '../../src/cli/programs.ts';
import { registerRecord } from '../../src/cli/record.ts';
import { registerRestore } from '../../src/cli/restore.ts';
import { registerSetup } from '../../src/cli/setup.ts';
import { registerSign } from '../../src/cli/sign.ts';
import { registerStore } from '../../src/cli/store-command.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** Prints the address of every module that is loaded, one a line, to standard error. */
const listing = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  import { writeSync } from 'node:fs';
  registerHooks({ load: (url, context, next) => (writeSync(2, url + '\\n'), next(url, context)) });
`)}`;

function run(...words: string[]) {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', listing, main, ...words], {
    encoding: 'utf8',
  });
  const loaded = stderr.split('\n').filter((line) => line.startsWith('file:'));
  return { stdout, status, loaded, ours: loaded.filter((url) => !url.includes('/node_modules/')) };
}

describe('the list of all programs', () => {
  it('is the one that they make themselves', async () => {
    const whole = new Command('aurora-chatops')
      .description("Restore an Apache Aurora scheduler's storage from Slack, under two-person control.")
      .version(packageVersion());
    registerBot(whole);
    registerAgent(whole);
    registerDrill(whole);
    registerBackup(whole);
    registerRecord(whole);
    registerRestore(whole);
    registerSign(whole);
    registerPeople(whole);
    registerBackupState(whole);
    registerPki(whole);
    registerSetup(whole);
    registerStore(whole);
    registerEnroll(whole);
    registerConfig(whole);

    expect((await commandLineFor(['--help'])).helpInformation()).toBe(whole.helpInformation());
  });

  it.each([
    [['--help'], 0],
    [['--version'], 0],
    [['help'], 0],
    [['bto'], 1],
  ])('loads no program: %j', (words, status) => {
    const ran = run(...words);

    expect(ran.status).toBe(status);
    expect(ran.ours.map((url) => url.slice(url.lastIndexOf('/src/') + 1))).toEqual(
      expect.arrayContaining(['src/cli/main.ts', 'src/cli/programs.ts']),
    );
    expect(ran.loaded.length).toBeLessThan(30);
  });

  it('loads of the bot only what its help says', () => {
    const ran = run('bot', 'run', '--help');

    expect(ran.stdout).toContain('--config <file>');
    expect(ran.loaded.length).toBeLessThan(30);
  });
});

it.each([
  [['help', 'sign'], 'Usage: aurora-chatops sign [options] <restore>'],
  [['people', '--help'], 'Usage: aurora-chatops people [options] [command]'],
])('whoever names a program gets that one: %j', (words, usage) => {
  expect(run(...words).stdout).toContain(usage);
});
