import { spawn } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bringBackLog } from '../../../src/agent/operations/bring-back-log.ts';
import { initializeLog } from '../../../src/agent/operations/initialize-log.ts';
import type { OperationContext } from '../../../src/agent/operations/operation.ts';
import { putBackLog } from '../../../src/agent/operations/put-back-log.ts';
import { setAsideLog } from '../../../src/agent/operations/set-aside-log.ts';
import { contextOn } from '../support/operation-context.ts';
import { createTestHost, type TestHost, until } from '../support/test-host.ts';

let host: TestHost;
let context: OperationContext;
beforeEach(async () => {
  host = await createTestHost();
  context = contextOn(host);
});
afterEach(() => host.dispose());

describe('set-aside-log', () => {
  test('renames the directory beside itself, and finds it done afterwards', async () => {
    const { evidence } = await setAsideLog.run(context, {});
    const after = await setAsideLog.observe(context, {});

    expect(evidence).toMatchObject({ path: host.path('db.set-aside-R1'), files: 6 });
    expect(after).toEqual({ state: 'done', evidence });
    expect(await readFile(host.path('db.set-aside-R1', 'CURRENT'), 'utf8')).toBe('old CURRENT');
    expect(await readdir(host.dir)).not.toContain('db');
  });

  test('refuses while the scheduler runs', async () => {
    await host.startSchedulerByHand();

    await expect(setAsideLog.run(context, {})).rejects.toMatchObject({ code: 'scheduler-runs' });
  });

  test('refuses while any process holds LOCK', async () => {
    const holder = spawn(
      process.execPath,
      [
        '-e',
        `require('fs').openSync(${JSON.stringify(host.path('db', 'LOCK'))}); console.log(1); setInterval(() => {}, 1000)`,
      ],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    await new Promise((resolve) => holder.stdout.once('data', resolve));

    const failure = setAsideLog.run(context, {});

    await expect(failure).rejects.toMatchObject({ code: 'log-in-use', details: { holders: [holder.pid] } });
    holder.kill('SIGKILL');
    await until(() => holder.exitCode !== null || holder.signalCode !== null, 'the holder ends');
  });

  test('refuses content that is not LevelDB’s', async () => {
    await writeFile(host.path('db', 'notes.txt'), 'mine');

    await expect(setAsideLog.run(context, {})).rejects.toMatchObject({
      code: 'log-foreign',
      details: { foreign: ['notes.txt'] },
    });
    expect(await readdir(host.path('db'))).toHaveLength(7);
  });

  test('refuses a link in place of the directory', async () => {
    await rename(host.path('db'), host.path('elsewhere'));
    await symlink(host.path('elsewhere'), host.path('db'));

    await expect(setAsideLog.run(context, {})).rejects.toThrow(/symbolic link/);
  });

  test('refuses a second log under the same name', async () => {
    await setAsideLog.run(context, {});
    await mkdir(host.path('db'));

    expect(await setAsideLog.observe(context, {})).toEqual({ state: 'not-done' });
    await expect(setAsideLog.run(context, {})).rejects.toMatchObject({ code: 'set-aside-exists' });
  });

  test('sets an empty directory aside for a host that has lost its log', async () => {
    await rm(host.path('db'), { recursive: true });

    const { evidence } = await setAsideLog.run(context, {});

    expect(evidence.files).toBe(0);
    expect(await readdir(host.path('db.set-aside-R1'))).toEqual([]);
  });
});

describe('initialize-log', () => {
  test('proves a blank log by what the tool says and leaves', async () => {
    await setAsideLog.run(context, {});

    const before = await initializeLog.observe(context, {});
    const { evidence } = await initializeLog.run(context, {});

    expect(before.state).toBe('not-done');
    expect(evidence).toEqual({ exitCode: 0, positions: '0 -> 0', persisted: true, files: 5, bytes: 584 });
  });

  test('recognises its finished work by the tool’s refusal', async () => {
    await setAsideLog.run(context, {});
    await initializeLog.run(context, {});

    const after = await initializeLog.observe(context, {});

    expect(after).toMatchObject({
      state: 'done',
      evidence: { exitCode: 1, positions: '0 -> 0', persisted: true },
    });
    expect((await host.effects()).filter((line) => line.endsWith('initialize'))).toHaveLength(1);
  });

  test('does not take exit 0 for proof', async () => {
    await setAsideLog.run(context, {});
    await writeFile(host.path('lose-the-status-write'), '');

    await expect(initializeLog.run(context, {})).rejects.toMatchObject({
      code: 'log-not-initialized',
      details: { exitCode: 0, persisted: false },
    });
  });

  test('never runs the tool on a log that this restore did not set aside', async () => {
    expect(await initializeLog.observe(context, {})).toEqual({ state: 'not-done' });
    await expect(initializeLog.run(context, {})).rejects.toMatchObject({ code: 'log-not-empty' });
    expect(await host.effects()).toEqual([]);
  });

  test('refuses while the scheduler runs', async () => {
    await setAsideLog.run(context, {});
    await host.startSchedulerByHand();

    await expect(initializeLog.run(context, {})).rejects.toMatchObject({ code: 'scheduler-runs' });
  });
});

describe('put-back-log', () => {
  test('moves the new log away and the old one back', async () => {
    await setAsideLog.run(context, {});
    await initializeLog.run(context, {});

    const { evidence } = await putBackLog.run(context, {});
    const after = await putBackLog.observe(context, {});

    expect(evidence).toMatchObject({
      path: host.path('db'),
      movedNewLogTo: host.path('db.restored-R1'),
      files: 6,
    });
    expect(after).toEqual({ state: 'done', evidence });
    expect(await readdir(host.path('db.restored-R1'))).toHaveLength(5);
    expect(await readFile(host.path('db', 'CURRENT'), 'utf8')).toBe('old CURRENT');
  });

  test('goes on after a crash between its two renames', async () => {
    await setAsideLog.run(context, {});
    await initializeLog.run(context, {});
    await rename(host.path('db'), host.path('db.restored-R1'));

    const observed = await putBackLog.observe(context, {});
    const { evidence } = await putBackLog.run(context, {});

    expect(observed.state).toBe('not-done');
    expect(evidence).toMatchObject({ movedNewLogTo: host.path('db.restored-R1'), files: 6 });
  });

  test('names the new logs of two goes apart', async () => {
    for (const _ of [1, 2, 3]) {
      await setAsideLog.run(context, {});
      await initializeLog.run(context, {});
      await putBackLog.run(context, {});
    }

    expect((await readdir(host.dir)).filter((name) => name.startsWith('db'))).toEqual([
      'db',
      'db.restored-R1',
      'db.restored-R1-2',
      'db.restored-R1-3',
    ]);
  });

  test('leaves a log alone that this restore never moved', async () => {
    const observed = await putBackLog.observe(context, {});

    expect(observed).toMatchObject({ state: 'done', evidence: { movedNewLogTo: null, files: 6 } });
  });

  test('has nothing to put back when there is no log at all', async () => {
    await rm(host.path('db'), { recursive: true });

    expect(await putBackLog.observe(context, {})).toEqual({ state: 'not-done' });
    await expect(putBackLog.run(context, {})).rejects.toMatchObject({ code: 'nothing-set-aside' });
  });
});

describe('bring-back-log', () => {
  const of = 'R0';
  const earlier = () => cp(host.path('db'), host.path('db.set-aside-R0'), { recursive: true });

  test('copies what an earlier restore set aside, which stays where it is', async () => {
    await earlier();
    await setAsideLog.run(context, {});

    const { evidence } = await bringBackLog.run(context, { of });
    const after = await bringBackLog.observe(context, { of });

    expect(evidence).toMatchObject({ path: host.path('db'), from: host.path('db.set-aside-R0'), files: 6 });
    expect(after).toEqual({ state: 'done', evidence });
    expect(await readFile(host.path('db', 'CURRENT'), 'utf8')).toBe('old CURRENT');
    expect(await readdir(host.path('db.set-aside-R0'))).toHaveLength(6);
    expect((await stat(host.path('db'))).mode).toBe((await stat(host.path('db.set-aside-R0'))).mode);
  });

  test('begins again after a crash in the middle of the copy', async () => {
    await earlier();
    await setAsideLog.run(context, {});
    await mkdir(host.path('db.bringing-R1'));
    await writeFile(host.path('db.bringing-R1', 'CURRENT'), 'half');

    const observed = await bringBackLog.observe(context, { of });
    await bringBackLog.run(context, { of });

    expect(observed.state).toBe('not-done');
    expect(await readFile(host.path('db', 'CURRENT'), 'utf8')).toBe('old CURRENT');
    expect(await readdir(host.dir)).not.toContain('db.bringing-R1');
  });

  test('is undone by putting back: the copy is moved away', async () => {
    await earlier();
    await setAsideLog.run(context, {});
    await bringBackLog.run(context, { of });

    await putBackLog.run(context, {});

    expect((await readdir(host.dir)).filter((name) => name.startsWith('db')).sort()).toEqual([
      'db',
      'db.restored-R1',
      'db.set-aside-R0',
    ]);
  });

  test('never writes over a log that is in place', async () => {
    await earlier();

    await expect(bringBackLog.run(context, { of })).rejects.toMatchObject({ code: 'log-in-the-way' });
  });

  test('says so when nothing was set aside by that restore', async () => {
    await setAsideLog.run(context, {});

    await expect(bringBackLog.run(context, { of: 'R9' })).rejects.toMatchObject({
      code: 'nothing-set-aside',
    });
  });
});
