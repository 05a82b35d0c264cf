/** Real processes of several accounts; needs root, as the agent does. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findOrphanedCommands } from '../../src/agent/files/processes.ts';
import { keepOwn } from '../../src/agent/own-processes.ts';
import { operationVariable } from '../../src/agent/run-command.ts';

const operationId = 'R1.stop.1.stop-scheduler.aurora-1.stop-scheduler.0';
const aurora = 4_001;
const stranger = 4_002;
let log: string;
let children: ChildProcess[];
beforeEach(async () => {
  log = await mkdtemp(join(tmpdir(), 'aurora-log-'));
  await chown(log, aurora, aurora);
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(log, { recursive: true });
});

/** A process with the environment and the arguments of a command of the agent. */
const pose = async (uid: number): Promise<number> => {
  const env = { ...process.env, [operationVariable]: operationId };
  const child = spawn('/bin/sleep', ['600'], { uid, env, cwd: '/', stdio: 'ignore' });
  children.push(child);
  await once(child, 'spawn');
  return child.pid ?? 0;
};
const orphans = async () =>
  await keepOwn(await findOrphanedCommands(operationId, [['/bin/sleep', '600']]), log);

test('a process of another account is not a command of the agent, whatever it says', async () => {
  await pose(stranger);
  const own = await pose(process.geteuid?.() ?? -1);

  expect(await orphans()).toEqual([own]);
});

test('what a wrapper has turned into the account of the scheduler is one', async () => {
  const turned = await pose(aurora);

  expect(await orphans()).toEqual([turned]);
});

test('what has ended meanwhile is none', async () => {
  expect(await keepOwn([2 ** 30], log)).toEqual([]);
});
