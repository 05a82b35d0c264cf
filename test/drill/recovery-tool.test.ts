/** Whole drills with the off-line procedure: real processes, the unchanged bot, effects counted by the pretend hosts. */
import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { playAuto } from '../../src/drill/auto/play.ts';
import { playWithFaults } from '../../src/drill/auto/play-with-faults.ts';
import { parseFaultOrder } from '../../src/drill/faults/parse-order.ts';
import { playFaults } from '../../src/drill/faults/player.ts';
import type { DrillWorld } from '../../src/drill/world/world.ts';
import { readEffects } from '../../src/pretend-aurora/host/effects.ts';
import { hostPaths } from '../../src/pretend-aurora/host/host-dir.ts';
import { followJournal, withDrill } from './support/drill.ts';

/** Starts of schedulers on all hosts since the restore began, in the order of time. */
function startsAfter(world: DrillWorld, at: number): readonly string[] {
  return world.hosts
    .flatMap((host) =>
      readEffects(hostPaths(host.directory).effects)
        .filter((effect) => effect.effect === 'start' && effect.changed && effect.at > at)
        .map((effect) => ({ host: host.name, at: effect.at })),
    )
    .sort((one, other) => one.at - other.at)
    .map((start) => start.host);
}

describe('a drill with --procedure recovery-tool', { timeout: 240_000 }, () => {
  it('completes although the tool dies halfway, its agent is killed at the second run, two are elected, and the master restarts', async () => {
    const seen = await withDrill(
      async (world) => {
        const began = Date.now();
        for (const { directory } of world.hosts)
          fs.writeFileSync(join(directory, 'recovery-tool.dies-halfway'), '');
        let runs = 0;
        const follower = followJournal(world, (event) => {
          if (event.type !== 'operation-requested' || event.kind !== 'run-recovery-tool') return;
          runs += 1;
          const agent = world.programs.find((program) => program.name === `agent ${event.host}`);
          const pid = agent?.pid() ?? null;
          if (runs === 2 && pid !== null) process.kill(pid, 'SIGKILL');
        });
        const orders = ['two-elected@verify-restored', 'master-restarts'].map(parseFaultOrder);
        const print = () => undefined;
        const faults = playFaults(world, { orders, clock: systemClock, say: print });
        try {
          const { result, problems } = await playWithFaults(world, { story: 'restore', faults, print });
          const failedLogs = world.hosts.flatMap(({ directory }) =>
            fs.readdirSync(directory).filter((name) => name.startsWith('db.failed-R1')),
          );
          return { result, problems, runs, failedLogs, starts: startsAfter(world, began) };
        } finally {
          await faults.stop();
          follower.stop();
        }
      },
      { procedure: 'recovery-tool' },
    );

    expect(seen.problems).toEqual([]);
    expect(seen.result).toMatchObject({
      outcome: 'completed',
      // Two elected, and a master that restarts as it is: nobody has to decide anything.
      remedies: [],
      observed: seen.result.predicted,
      operations: { repeated: 0, lost: 0 },
      gates: [
        { name: 'stop', signedBy: ['bo'] },
        // Who is faster signs first.
        {
          name: 'commit',
          signedBy: expect.toSatisfy((names: string[]) => names.toSorted().join() === 'bo,cy'),
        },
      ],
    });
    expect(seen.runs).toBeGreaterThanOrEqual(2);
    expect(seen.failedLogs.length).toBe(seen.runs - 1);
    const [source = ''] = seen.result.steps.find((step) => step.name === 'run-recovery-tool')?.hosts ?? [];
    const voters = seen.result.steps.find((step) => step.name === 'start-quorum')?.hosts ?? [];
    expect(seen.starts[0]).toBe(source);
    expect([...seen.starts.slice(0, 2)].sort()).toEqual(voters);
  });

  it('puts every byte back after a stop at the commit gate', async () => {
    const { result, problems } = await withDrill(
      (world) => playAuto(world, { story: 'abort', print: () => undefined }),
      { procedure: 'recovery-tool' },
    );

    expect(problems).toEqual([]);
    expect(result).toMatchObject({
      outcome: 'undone',
      undone: { files: true, tasks: true, flags: true },
      operations: { repeated: 0, lost: 0 },
    });
  });
});
