import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type SupervisedProgram, supervise } from '../../../src/drill/world/supervisor.ts';

let directory: string;
let program: SupervisedProgram | null;

beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), 'aurora-supervisor-'));
  program = null;
});
afterEach(async () => {
  await program?.stop();
  fs.rmSync(directory, { recursive: true });
});

const starts = (): number => {
  const file = join(directory, 'starts');
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').length : 0;
};
const untilStarts = async (count: number): Promise<void> => {
  await vi.waitUntil(() => starts() >= count, { timeout: 20_000 });
};

/** A program that says each start of its own, ready at each but the `neverAt`-th. */
async function superviseOne(neverAt: number): Promise<SupervisedProgram> {
  const text = `require('node:fs').appendFileSync(${JSON.stringify(join(directory, 'starts'))}, '.'); setInterval(() => {}, 1000)`;
  let turn = 0;
  return await supervise({
    name: 'clock',
    argv: [process.execPath, '-e', text],
    env: {},
    logFile: join(directory, 'clock.log'),
    untilReady: async (signal) => {
      turn += 1;
      if (turn !== neverAt) return await untilStarts(turn);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
  });
}

const kill = (): void => {
  const pid = program?.pid();
  if (pid != null) process.kill(pid, 'SIGKILL');
};

describe('a supervised program', () => {
  it('is started once more when it dies before it is ready', async () => {
    program = await superviseOne(2);
    kill();
    await untilStarts(2);

    kill();
    await untilStarts(3);
    await vi.waitUntil(() => program?.crashes() === 2);

    expect(starts()).toBe(3);
    expect(program.pid()).not.toBeNull();
  });

  it('stays down while it is held, and comes back when it is released', async () => {
    program = await superviseOne(0);
    program.hold?.();
    await vi.waitUntil(() => program?.pid() === null);

    const whileHeld = starts();
    program.release?.();
    await untilStarts(2);

    expect(whileHeld).toBe(1);
    expect(program.crashes()).toBe(0);
  });
});
