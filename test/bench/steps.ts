/**
 * What the steps of a restore that read a whole cluster take of bot and agent: memory, and how long their loops stand still. Bot,
 * agent, and a scheduler with its master are a process each; the tasks look like a cluster's.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestHost } from '../agent/support/test-host.ts';
import type { LargeStep, StepTook } from './large/bot.ts';
import type { Took } from './large/watched.ts';
import type { BenchPart } from './part.ts';

const backupName = 'scheduler-backup-2026-11-23-18-38';

/** In this order. */
const steps: readonly LargeStep[] = [
  'choose-backup',
  'capture-live-tasks',
  'preview',
  'summarise-staged',
  'look',
];

/** `steps` of the last line: the most memory and the longest stall of bot and agent in any of them. */
export const benchSteps: BenchPart = async ({ tasks, say }) => {
  // An installed program has no types to strip, which takes 50 MB: a run that is not counted leaves them stripped.
  const compiled = await mkdtemp(join(tmpdir(), 'bench-compiled-'));
  const first = await startLargeCluster({ tasks: 1_000, compiled });
  for (const step of steps) await first.run(step);
  await first.end();
  say(`Writing a backup of ${tasks} tasks.`);
  const cluster = await startLargeCluster({ tasks, compiled });
  try {
    const lines: string[] = [];
    const all: Took[] = [];
    for (const step of steps) {
      say(`Running ${step}.`);
      const { bot, agent } = await cluster.run(step);
      all.push(bot, agent);
      const rate = `${bot.tasks} tasks in ${(bot.ms / 1_000).toFixed(1)} s`;
      lines.push(`  ${step.padEnd(19)} ${rate.padEnd(26)} bot ${words(bot)}   agent ${words(agent)}`);
    }
    const most = (of: keyof Took): number => Math.max(...all.map((took) => took[of]));
    return {
      lines: [
        `Steps that read a cluster of ${tasks} tasks: memory, the longest stall, and what of that was the program's own work.`,
        ...lines,
      ],
      json: {
        rssMb: most('rssMb'),
        stallMsMax: most('stallMsMax'),
        busyMsMax: most('busyMsMax'),
        tasks,
      },
    };
  } finally {
    await cluster.end();
    await rm(compiled, { recursive: true });
  }
};

function words({ rssMb, stallMsMax, busyMsMax }: Took): string {
  return `${String(rssMb).padStart(4)} MB ${stallMsMax.toFixed(1).padStart(6)} ms ${busyMsMax.toFixed(1).padStart(6)} ms`;
}

export interface LargeCluster {
  /** What one step took of the bot, and of the agent meanwhile. */
  run(step: LargeStep): Promise<{ bot: StepTook; agent: Took }>;
  end(): Promise<void>;
}

/** Resolves when the agent has read the backup and the bot knows of it. `compiled`: where what was compiled is kept. */
export async function startLargeCluster({
  tasks,
  compiled,
}: {
  tasks: number;
  compiled: string;
}): Promise<LargeCluster> {
  const host = await createTestHost();
  const directory = await mkdtemp(join(tmpdir(), 'bench-steps-'));
  const children: ChildProcess[] = [];
  const start = async (
    program: string,
    ...args: string[]
  ): Promise<{ child: ChildProcess; said: unknown }> => {
    const env = { ...process.env, NODE_COMPILE_CACHE: compiled };
    const child = fork(fileURLToPath(new URL(`large/${program}.ts`, import.meta.url)), args, { env });
    children.push(child);
    return { child, said: await next(child) };
  };
  const end = async (): Promise<void> => {
    for (const child of children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    }
    await rm(directory, { recursive: true });
    await host.dispose();
  };
  try {
    const { httpPort } = host.config.scheduler;
    const backup = host.path('backups', backupName);
    const outside = await start('outside', backup, String(tasks), String(httpPort));
    const agent = await start('agent', host.configPath);
    const master = `http://127.0.0.1:${String(outside.said)}`;
    const bot = await start('bot', String(agent.said), master, backupName, join(directory, 'bot.sqlite'));
    return {
      run: async (step) => {
        await ask(agent.child, 'begin');
        const took = (await ask(bot.child, step)) as StepTook;
        return { bot: took, agent: (await ask(agent.child, 'end')) as Took };
      },
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

async function ask(child: ChildProcess, question: string): Promise<unknown> {
  const answer = next(child);
  child.send(question);
  return await answer;
}

/** The next message of a program; throws when it ends first. */
async function next(child: ChildProcess): Promise<unknown> {
  const over = new AbortController();
  const { signal } = over;
  try {
    return await Promise.race([
      once(child, 'message', { signal }).then(([message]) => message as unknown),
      once(child, 'exit', { signal }).then(([code]) => {
        throw new Error(`a program of the bench ended with ${String(code)}`);
      }),
    ]);
  } finally {
    over.abort();
  }
}
