import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/aurora/system-clock.ts';
import { openMesosMaster } from '../../../src/mesos/master.ts';
import type { Push } from '../../../src/pretend-aurora/mesos/master/protocol.ts';
import {
  type SimulatedMesosMaster,
  startMesosMaster,
} from '../../../src/pretend-aurora/mesos/master/server.ts';
import { simulatedReleaseOf } from '../../../src/pretend-aurora/release/simulated-release.ts';
import { connectDriver } from '../../../src/pretend-aurora/scheduler/mesos/driver.ts';
import { recallDay } from '../../../src/pretend-aurora/scheduler/scene/recorded-day.ts';
import { wholeList } from '../../support/whole-list.ts';
import { until } from '../scheduler/support/drill-cluster.ts';

const story = recallDay({ nowMs: 1_800_000_000_000, release: simulatedReleaseOf('0.22.0'), seed: 'test' });
let master: SimulatedMesosMaster | null = null;

afterEach(() => master?.close());

async function start(stateFile?: string): Promise<SimulatedMesosMaster> {
  master = await startMesosMaster({
    host: '127.0.0.1',
    port: 0,
    state: story.mesos,
    ...(stateFile !== undefined && { stateFile }),
  });
  return master;
}

function register(simulated: SimulatedMesosMaster, frameworkId: string | null) {
  const pushes: Push[] = [];
  const driver = connectDriver({
    url: simulated.url,
    subscribe: { frameworkId, name: 'Aurora', failoverTimeoutSecs: 1, host: 'aurora-1' },
    onPush: (push) => pushes.push(push),
    onLost: () => undefined,
  });
  const updates = () =>
    pushes.flatMap((push) => (push.type === 'update' ? [`${push.taskId} ${push.state}`] : []));
  return {
    driver,
    pushes,
    updates,
    subscribed: () => until('the subscription', () => pushes.find(({ type }) => type === 'subscribed')),
  };
}

describe('the simulated Mesos master', () => {
  it('is understood by our reader of the operator API', async () => {
    const simulated = await start();
    const reader = openMesosMaster({ masters: [simulated.url], deadlineMs: 2_000, clock: systemClock });

    const tasks = await reader.listLiveTasks(story.frameworkId, wholeList);
    const frameworks = await reader.listFrameworks();

    expect(tasks.map(({ taskId }) => taskId).sort()).toEqual(
      story.mesos.tasks.map(({ taskId }) => taskId).sort(),
    );
    expect(frameworks).toMatchObject([
      { frameworkId: story.frameworkId, name: 'Aurora', connected: false, failoverTimeoutMs: 1_814_400_000 },
    ]);
  });

  it('knows a framework again, and gives a scheduler without an id a new one', async () => {
    const simulated = await start();

    const known = register(simulated, story.frameworkId);
    await known.subscribed();
    const fresh = register(simulated, null);
    await fresh.subscribed();

    expect(simulated.events().map(({ detail }) => detail)).toEqual(['aurora-1 known', 'aurora-1 new']);
    known.driver.close();
    fresh.driver.close();
    await until('both to be disconnected', () =>
      simulated.cluster.state.frameworks.every(({ unregisteredAt }) => unregisteredAt !== null),
    );
  });

  it('answers explicit reconciliation task by task, LOST for what it does not know', async () => {
    const simulated = await start();
    const { driver, updates, subscribed } = register(simulated, story.frameworkId);
    await subscribed();
    const [running] = simulated.tasks();

    driver.call({
      type: 'reconcile',
      frameworkId: story.frameworkId,
      taskIds: [running?.taskId ?? '', 'gone'],
    });
    await until('two updates', () => updates().length === 2);

    expect(updates()).toEqual([`${running?.taskId} TASK_RUNNING`, 'gone TASK_LOST']);
    expect(simulated.events().at(-1)).toMatchObject({ kind: 'lost', taskId: 'gone' });
    driver.close();
  });

  it('refuses a second launch of an id that runs, and the first goes on', async () => {
    const simulated = await start();
    const { driver, updates, subscribed } = register(simulated, story.frameworkId);
    await subscribed();
    const [running] = simulated.tasks();
    const taskId = running?.taskId ?? '';

    driver.call({
      type: 'launch',
      frameworkId: story.frameworkId,
      taskId,
      name: 'a/b/c',
      agentId: 'agent-1',
    });
    await until('an answer', () => updates().length === 1);

    expect(updates()).toEqual([`${taskId} TASK_ERROR`]);
    expect(simulated.tasks()).toContainEqual(running);
    driver.close();
  });

  it('goes on from its file after a restart', async () => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'master-'));
    const file = path.join(directory, 'mesos.json');
    const first = await start(file);
    const [victim] = first.tasks();
    first.cluster.kill(victim?.taskId ?? '', story.frameworkId);
    await first.close();

    const second = await start(file);

    expect(second.tasks()).toHaveLength(story.mesos.tasks.length - 1);
    expect(second.events()).toMatchObject([{ kind: 'killed', taskId: victim?.taskId }]);
    fs.rmSync(directory, { recursive: true });
  });
});
