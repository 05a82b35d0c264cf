/** Two bots on one database, as two processes and as two containers would be: kernels know files, not names. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlink, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, it } from 'vitest';
import { eventForm } from '../../src/restore/record/events.ts';
import { openSqliteReader } from '../../src/store/store.ts';
import { codeOf, newDatabase, openStore } from '../contracts/support.ts';
import { proposed, stopGate } from '../restore/support/story.ts';
import { testKey } from '../support/journal-key.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const urlOf = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);

/** Another process that has the database open, with one restore; answers its process. */
async function otherBot(path: string) {
  const program = `
    import { openSqliteStore } from ${urlOf('../../src/store/store.ts')};
    import { testKey as key } from ${urlOf('../support/journal-key.ts')};
    const form = { version: 1, parse: (stored) => stored };
    const store = await openSqliteStore(${JSON.stringify(path)}, { form, key });
    await store.open({ restoreId: 'R1', cluster: 'east', at: 1, event: ${JSON.stringify(proposed())} });
    process.stdout.write('open');
    process.stdin.once('data', async () => {
      const entry = { restoreId: 'R1', expectedSeq: 1, at: 2, events: [${JSON.stringify(stopGate())}] };
      process.stdout.write(await store.append(entry).then(() => 'appended', (error) => error.code));
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'close');
  const end = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  ends.push(end);
  const say = async (): Promise<string> => String((await once(child.stdout, 'data'))[0]);
  expect(await say()).toBe('open');
  const append = async (): Promise<string> => {
    child.stdin.write('x');
    return await say();
  };
  return { pid: child.pid, end, append };
}

it('refuses the second one with the process of the first, under any name of the file, until that ends', async () => {
  const path = await newDatabase();
  const other = await otherBot(path);
  await symlink(path, `${dirname(path)}/other.sqlite`);

  for (const name of [path, `${dirname(path)}/other.sqlite`])
    await expect(openStore(name)).rejects.toMatchObject({
      code: 'bot-already-runs',
      message: expect.stringMatching(
        new RegExp(
          `^Another bot, process ${other.pid} on ${hostname()} since .*, has the database ${path}.$`,
        ),
      ),
    });
  expect(await other.append()).toBe('appended');

  // Whatever its end was like.
  await other.end();
  expect(await (await openStore(path)).read('R1')).toHaveLength(2);
}, 30_000);

it('lets others read beside it, who can change nothing', async () => {
  const path = await newDatabase();
  await otherBot(path);

  const reader = await openSqliteReader(path, { form: eventForm, key: testKey });
  ends.push(() => reader.close());

  expect(reader.keyed).toBe(true);
  expect(await reader.read('R1')).toHaveLength(1);
  expect(await reader.listRestores({ open: true })).toHaveLength(1);
});

it('where locks do not hold, the first one writes nothing more once a second one has come', async () => {
  const path = await newDatabase();
  const other = await otherBot(path);
  // As over a network file system without locks, or after somebody has tidied up.
  await unlink(`${path}.lock`);

  const store = await openStore(path);

  expect(await other.append()).toBe('database-taken-over');
  expect(await store.read('R1')).toHaveLength(1);
  await store.append({ restoreId: 'R1', expectedSeq: 1, at: 2, events: [stopGate()] });
});

it('a write that begins while another program writes waits for it', async () => {
  const path = await newDatabase();
  const store = await openStore(path);
  await store.open({ restoreId: 'R1', cluster: 'east', at: 1, event: proposed() });
  const program = `
    const { DatabaseSync } = require('node:sqlite');
    const db = new DatabaseSync(${JSON.stringify(path)});
    db.exec("BEGIN IMMEDIATE; INSERT INTO inbox VALUES ('k', 1)");
    process.stdout.write('writing');
    setTimeout(() => db.exec('COMMIT'), 300);`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  ends.push(async () => child.kill('SIGKILL'));
  await once(child.stdout, 'data');

  expect(await codeOf(store.append({ restoreId: 'R1', expectedSeq: 1, at: 2, events: [stopGate()] }))).toBe(
    'accepted',
  );
  expect(new DatabaseSync(path).prepare('SELECT * FROM inbox').all()).toHaveLength(1);
});
