/**
 * The scheduler's account against root: it owns the directories around the log and the backups, and exchanges names in them for links
 * while an operation works there. Nothing of root's may change its owner, mode, names or content, nor may that account get a file
 * that runs as root. Each is played a bounded number of times; a try that fails is one that the bot would be told of. Root only.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { constants } from 'node:fs';
import {
  chmod,
  chown,
  copyFile,
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeHoldFile, writeHoldFile } from '../../../src/agent/drivers/hold-file.ts';
import { copyLogDirectory } from '../../../src/agent/files/copy-log.ts';
import { bringBackLog } from '../../../src/agent/operations/bring-back-log.ts';
import { holdBackup } from '../../../src/agent/operations/hold-backup.ts';
import { makeLogDirectory, matchOldLog } from '../../../src/agent/operations/make-log-directory.ts';
import type { OperationContext } from '../../../src/agent/operations/operation.ts';
import { placeBackup } from '../../../src/agent/operations/place-backup.ts';
import { putBackLog } from '../../../src/agent/operations/put-back-log.ts';
import { setAsideLog } from '../../../src/agent/operations/set-aside-log.ts';
import { setAsideNewLog } from '../../../src/agent/operations/set-aside-new-log.ts';
import { takeOutBackup } from '../../../src/agent/operations/take-out-backup.ts';
import { contextOn } from '../support/operation-context.ts';
import { backupFixture, backupName, createTestHost, flagText, type TestHost } from '../support/test-host.ts';

const account = 4242;
const program = fileURLToPath(new URL('../support/swapper.ts', import.meta.url));
const logNames = ['000009.log', 'CURRENT', 'LOCK', 'LOG', 'MANIFEST-000007'];
const logs = ['db', 'db.set-aside-R0', 'db.set-aside-R1', 'db.bringing-R1'];

let host: TestHost;
/** The account's directory, however it is called by now. */
let own: FileHandle;
let swapper: ChildProcess | undefined;
let putAway: number;
beforeEach(async () => {
  putAway = 0;
  const made = await createTestHost();
  await chmod(made.dir, 0o711);
  const paths = { log: at('db', made), backups: at('backups', made), flags: at('flags', made) };
  host = { ...made, config: { ...made.config, paths: { ...made.config.paths, ...paths } } };
  await mkdir(host.path('away'));
  await mkdir(at('hold.d'), { recursive: true });
  await chown(host.path('aurora'), account, account);
  await chown(at(''), account, account);
  own = await open(at(''), constants.O_RDONLY | constants.O_DIRECTORY);
  await writeFile(ownName('flags'), flagText);
  await makeVictim();
});
afterEach(async () => {
  await stopSwapping();
  await own.close();
  await host.dispose();
});

const at = (name: string, on: TestHost = host): string => on.path('aurora', 'scheduler', name);
const victim = (...names: string[]): string => host.path('victim', ...names);
const ownName = (...names: string[]): string => `/proc/self/fd/${own.fd}/${names.join('/')}`;

/** Root's, with every name that an operation works on, and a program that runs as root. */
async function makeVictim(): Promise<void> {
  for (const name of [...logs, 'backups', 'hold.d']) {
    await mkdir(victim(name), { recursive: true });
    for (const file of logNames) await writeFile(victim(name, file), `root's ${file}`, { mode: 0o600 });
  }
  await writeFile(victim('flags'), flagText, { mode: 0o600 });
  await writeFile(
    victim('hold.d', 'hold.conf'),
    'held\n; Its directory was made for it, and goes with it.\n',
  );
  await copyFile(backupFixture, victim('backups', backupName));
  await writeFile(victim('run-as-root'), 'a program');
  await chmod(victim('run-as-root'), 0o4755);
}

/** The account's own logs as they were. They are made elsewhere: a test must not fall for its own attacker. */
async function renew(...names: readonly string[]): Promise<void> {
  for (const name of names) await put(name, logNames, "the account's");
}

async function put(name: string, files: readonly string[], content: string | Buffer): Promise<void> {
  await clear(name);
  const made = host.path('away', `new-${putAway}`);
  await mkdir(made);
  for (const file of files) {
    await writeFile(join(made, file), content);
    await chown(join(made, file), account, account);
  }
  await chown(made, account, account);
  // Where the account has a link at that moment, it stays with that.
  await rename(made, ownName(name)).catch(() => undefined);
}

async function clear(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    putAway += 1;
    await rename(ownName(name), host.path('away', String(putAway))).catch(() => undefined);
  }
}

async function startSwapping(links: Readonly<Record<string, string>>): Promise<void> {
  const args = [program, String(account), JSON.stringify(links), host.path('aurora')];
  swapper = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  if (swapper.stdout !== null) await once(swapper.stdout, 'data');
}

async function stopSwapping(): Promise<void> {
  if (swapper === undefined || swapper.exitCode !== null || swapper.signalCode !== null) return;
  const gone = once(swapper, 'exit');
  swapper.kill('SIGKILL');
  await gone;
}

/** Names, owners, modes and contents of all of it. */
async function lookAtVictim(): Promise<readonly string[]> {
  const names = ['', ...(await readdir(victim(), { recursive: true })).sort()];
  return await Promise.all(
    names.map(async (name) => {
      const entry = await lstat(victim(name));
      const content = entry.isFile() ? await readFile(victim(name)) : '';
      const sha256 = createHash('sha256').update(content).digest('hex').slice(0, 8);
      return `${name} ${entry.uid}:${entry.gid} ${entry.mode.toString(8)} ${sha256}`;
    }),
  );
}

/** What runs as somebody, wherever the account may reach it. */
async function findRunningAsOwner(): Promise<readonly string[]> {
  const names = (await readdir(ownName())).filter((name) => !name.includes('.kept-'));
  const found = await Promise.all(
    names.map(async (name) => {
      const files = await readdir(ownName(name)).catch(() => []);
      const entries = await Promise.all(
        files.map((file) => lstat(ownName(name, file)).catch(() => undefined)),
      );
      return entries.some((entry) => entry?.isFile() === true && (entry.mode & 0o6000) !== 0) ? [name] : [];
    }),
  );
  return found.flat();
}

interface Attack {
  readonly links: () => Record<string, string>;
  readonly tries: number;
  readonly ready: () => Promise<unknown>;
  readonly operate: (context: OperationContext) => Promise<unknown>;
}

/** Where the whole directory leads elsewhere, everything that is done in it by its path is done to root's. */
const around = (): Record<string, string> => ({ [host.path('aurora', 'scheduler')]: victim() });
const backup = (): { name: string; sha256: string } => ({ name: backupName, sha256: host.backupSha256 });
const copy = (): Promise<void> =>
  copyLogDirectory({ from: at('db.set-aside-R0'), beside: at('db.bringing-R1'), to: at('db') });

const renewBackups = (): Promise<void> => put('backups', [backupName], 'another backup');

async function placeAndTakeOut(context: OperationContext): Promise<void> {
  await placeBackup.run(context, backup()).catch(() => undefined);
  await takeOutBackup.run(context, backup());
}

const attacks: Readonly<Record<string, Attack>> = {
  'make-log-directory, the new directory': {
    links: () => ({ [at('db')]: victim('db') }),
    tries: 30,
    ready: () => clear('db'),
    operate: makeLogDirectory,
  },
  'match-old-log, a file that is given away': {
    links: () => ({ [at('db/CURRENT')]: victim('db', 'CURRENT') }),
    tries: 25,
    ready: () => renew('db', 'db.set-aside-R1'),
    operate: matchOldLog,
  },
  'match-old-log, a file that says what others get': {
    links: () => ({ [at('db.set-aside-R1/CURRENT')]: victim('run-as-root') }),
    tries: 25,
    ready: () => renew('db', 'db.set-aside-R1'),
    operate: matchOldLog,
  },
  'set-aside-log of a host without one': {
    links: () => ({ [at('db.set-aside-R1')]: victim('db') }),
    tries: 15,
    ready: () => clear('db', 'db.set-aside-R1'),
    operate: (context) => setAsideLog.run(context, {}),
  },
  'set-aside-log': {
    links: around,
    tries: 15,
    ready: async () => {
      await renew('db');
      await clear('db.set-aside-R1');
    },
    operate: (context) => setAsideLog.run(context, {}),
  },
  'set-aside-new-log': {
    links: around,
    tries: 15,
    ready: () => renew('db', 'db.set-aside-R1'),
    operate: (context) => setAsideNewLog.run(context, {}),
  },
  'put-back-log': {
    links: around,
    tries: 15,
    ready: () => renew('db', 'db.set-aside-R1'),
    operate: (context) => putBackLog.run(context, {}),
  },
  'bring-back-log, the copy': {
    links: () => ({ [at('db.bringing-R1')]: victim('db.bringing-R1') }),
    tries: 80,
    ready: async () => {
      await renew('db.set-aside-R0', 'db.bringing-R1');
      await clear('db');
    },
    operate: copy,
  },
  'bring-back-log': {
    links: around,
    tries: 30,
    ready: async () => {
      await renew('db.set-aside-R0', 'db.bringing-R1');
      await clear('db');
    },
    operate: (context) => bringBackLog.run(context, { of: 'R0' }),
  },
  'place-backup and take-out-backup': {
    links: () => ({ [at('backups')]: victim('backups') }),
    tries: 15,
    ready: renewBackups,
    operate: placeAndTakeOut,
  },
  'set-flags and restore-flags': {
    links: around,
    tries: 30,
    ready: async () => undefined,
    operate: async ({ flags, restoreId }) => {
      await flags.set({ restoreId, flags: { cluster_name: 'west' } }).catch(() => undefined);
      await flags.restore(restoreId);
    },
  },
  'the file that holds the scheduler down': {
    links: () => ({ [at('hold.d')]: victim('hold.d') }),
    tries: 30,
    ready: async () => undefined,
    operate: async () => {
      await writeHoldFile(at('hold.d/hold.conf'), 'held\n').catch(() => undefined);
      await removeHoldFile(at('hold.d/hold.conf'));
    },
  },
};

test.each(Object.entries(attacks))('%s', async (_name, { links, tries, ready, operate }) => {
  await put('backups', [backupName], await readFile(backupFixture));
  await holdBackup.run(contextOn(host), backup());
  const before = await lookAtVictim();
  await startSwapping(links());
  for (let turn = 0; turn < tries; turn += 1) {
    await ready();
    await operate(contextOn(host)).catch(() => undefined);
    expect(await lookAtVictim()).toEqual(before);
    expect(await findRunningAsOwner()).toEqual([]);
  }
});
