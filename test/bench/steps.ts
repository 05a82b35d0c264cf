/**
 * What the steps of a restore that read a whole cluster take of bot and agent: memory, and how long their loops stand still. Bot,
 * agent, and a scheduler with its master are a process each; the tasks look like a cluster's.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { largeSteps, startLargeCluster } from './large/cluster.ts';
import type { Took } from './large/watched.ts';
import type { BenchPart } from './part.ts';

/** `steps` of the last line: the most memory and the longest stall of bot and agent in any of them. */
export const benchSteps: BenchPart = async ({ tasks, say }) => {
  // An installed program has no types to strip, which takes 50 MB: a run that is not counted leaves them stripped.
  const compiled = await mkdtemp(join(tmpdir(), 'bench-compiled-'));
  const first = await startLargeCluster({ tasks: 1_000, compiled });
  for (const step of largeSteps) await first.run(step);
  await first.end();
  say(`Writing a backup of ${tasks} tasks.`);
  const cluster = await startLargeCluster({ tasks, compiled });
  try {
    const lines: string[] = [];
    const all: Took[] = [];
    for (const step of largeSteps) {
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
