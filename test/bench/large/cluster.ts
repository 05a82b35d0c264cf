/** Bot, agent, and a scheduler with its master, each a process of its own, and as many tasks as there are. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestHost } from '../../agent/support/test-host.ts';
import type { LargeStep, StepTook } from './bot.ts';
import type { Took } from './watched.ts';

const backupName = 'scheduler-backup-2026-11-23-18-38';

/** In this order. */
export const largeSteps: readonly LargeStep[] = [
  'choose-backup',
  'capture-live-tasks',
  'preview',
  'summarise-staged',
  'look',
];

interface LargeCluster {
  /** What one step took of the bot, and of the agent meanwhile. */
  run(step: LargeStep): Promise<{ bot: StepTook; agent: Took }>;
  /** Where the bot listens for Slack; 0 without one. */
  readonly receptionPort: number;
  /** Starts a Bolt app beside it; its port. */
  startBareBolt(): Promise<number>;
  end(): Promise<void>;
}

interface LargeClusterOptions {
  readonly tasks: number;
  /** A directory where what was compiled is kept. */
  readonly compiled: string;
  /** With it the bot takes commands, too. */
  readonly slackApi?: string;
}

/** Resolves when the agent has read the backup and the bot knows of it. */
export async function startLargeCluster({
  tasks,
  compiled,
  slackApi = '',
}: LargeClusterOptions): Promise<LargeCluster> {
  const host = await createTestHost();
  const directory = await mkdtemp(join(tmpdir(), 'bench-steps-'));
  const children: ChildProcess[] = [];
  const start = async (
    program: string,
    ...args: string[]
  ): Promise<{ child: ChildProcess; said: unknown }> => {
    const env = { ...process.env, NODE_COMPILE_CACHE: compiled };
    const child = fork(fileURLToPath(new URL(`${program}.ts`, import.meta.url)), args, { env });
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
    const database = join(directory, 'bot.sqlite');
    const bot = await start('bot', String(agent.said), master, backupName, database, slackApi);
    return {
      receptionPort: Number(bot.said),
      startBareBolt: async () => Number((await start('bare-bolt')).said),
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
