/** A scheduler that loads what none can live on dies as a real one does: elected, DEAD, its port closed, its process there. */
import { afterEach, describe, expect, it } from 'vitest';
import { simulatedReleaseOf } from '../../../src/pretend-aurora/release/simulated-release.ts';
import { Recovery } from '../../../src/pretend-aurora/scheduler/recovery/recovery.ts';
import { readAsJava } from '../../../src/pretend-aurora/scheduler/storage/java-reader.ts';
import { causeOfDeath } from '../../../src/pretend-aurora/scheduler/storage/life-rules.ts';
import { snapshot } from '../../../src/thrift/structs.ts';
import { encodeStruct } from '../../../src/thrift/tbinary.ts';
import { fixturePath } from '../../backups/fixtures.ts';
import { livedOn, livedOnBase } from '../../backups/lived-on.ts';
import { until } from './support/drill-cluster.ts';
import { type LoneScheduler, startLoneScheduler, untilLeading } from './support/lone-scheduler.ts';

const started: LoneScheduler[] = [];
afterEach(async () => {
  for (const one of started.splice(0)) await one.close();
});

async function start(backup: Buffer, auroraVersion = '0.22.0'): Promise<LoneScheduler> {
  const lone = await startLoneScheduler({
    clusterName: 'devcluster',
    auroraVersion,
    log: [{ kind: 'snapshot', snapshot: readAsJava(snapshot, backup) }],
  });
  started.push(lone);
  return lone;
}

describe('a scheduler on the committed bytes of', () => {
  it.each(
    livedOn()
      .filter(({ lives, file }) => !lives && file !== undefined)
      .map((line) => [line.title, line] as const),
  )('%s is DEAD, with its port closed and its process there', async (_title, line) => {
    const { scheduler, url, exited } = await start(line.bytes());

    await until(
      'the port to close',
      async () =>
        await fetch(`${url}/vars.json`).then(
          () => false,
          () => true,
        ),
    );

    expect(scheduler.lifecycle.state).toBe('DEAD');
    expect(scheduler.storage.isReady).toBe(false);
    await expect(Promise.race([exited, Promise.resolve('lives on')])).resolves.toBe('lives on');
  });

  it('tasks without events: staged with OK, left out by their ids, and what is left leads', async () => {
    const file = 'recorded-tasks-without-events';
    const recovery = new Recovery(fixturePath('backups/lived-on'), simulatedReleaseOf('0.22.0'));
    recovery.stage(file);
    const before = recovery.toSnapshot();
    const bad = recovery.query({}).filter(({ taskEvents = [] }) => taskEvents.length === 0);

    recovery.deleteTasks({ taskIds: bad.map((task) => task.assignedTask?.taskId ?? '') });

    expect(bad).toHaveLength(30);
    expect(causeOfDeath(before)?.exception).toBe('java.util.NoSuchElementException');
    await untilLeading(await start(Buffer.from(encodeStruct(snapshot, recovery.toSnapshot()))));
  });

  it('the backup they were made of leads', async () => {
    await untilLeading(await start(livedOnBase()));
  });
});
