import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { openMesosMaster } from '../../src/mesos/master.ts';
import { wholeList } from '../support/whole-list.ts';
import {
  agentsBody,
  frameworkBody,
  frameworkId,
  frameworksBody,
  masterBody,
  taskBody,
  tasksBody,
} from './bodies.ts';
import { type FakeMaster, type Reply, startFakeMaster } from './fake-master.ts';

const started: FakeMaster[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((master) => master.close()));
});

const leading = {
  GET_MASTER: { json: masterBody() },
  GET_AGENTS: { json: agentsBody() },
  GET_FRAMEWORKS: { json: frameworksBody() },
  GET_TASKS: { json: tasksBody([]) },
};

async function master(replies: Record<string, Reply | (() => Reply)> = {}): Promise<FakeMaster> {
  const fake = await startFakeMaster({ ...leading, ...replies });
  started.push(fake);
  return fake;
}

function reader(
  masters: readonly { url: string }[],
  options: { deadlineMs?: number; maxBytes?: number } = {},
): ReturnType<typeof openMesosMaster> {
  return openMesosMaster({
    masters: masters.map(({ url }) => url),
    deadlineMs: 5_000,
    clock: systemClock,
    ...options,
  });
}

describe('listLiveTasks()', () => {
  test('gives the live tasks of the one framework, with their tier, and no other', async () => {
    const fake = await master({
      GET_TASKS: {
        json: tasksBody([
          taskBody({ id: 'd', state: 'TASK_KILLING' }),
          taskBody({ id: 'a', tier: 'preemptible' }),
          taskBody({ id: 'b', state: 'TASK_STAGING' }),
          taskBody({ id: 'c', state: 'TASK_STARTING' }),
          ...[
            'FINISHED',
            'FAILED',
            'KILLED',
            'ERROR',
            'DROPPED',
            'GONE',
            'LOST',
            'UNREACHABLE',
            'UNKNOWN',
          ].map((state) => taskBody({ id: state, state: `TASK_${state}` })),
          taskBody({ id: 'other', framework: 'somebody-else-0001' }),
        ]),
      },
    });

    const tasks = await reader([fake]).listLiveTasks(frameworkId, wholeList);

    expect(tasks.map(({ taskId, state }) => [taskId, state])).toEqual([
      ['d', 'TASK_KILLING'],
      ['a', 'TASK_RUNNING'],
      ['b', 'TASK_STAGING'],
      ['c', 'TASK_STARTING'],
    ]);
    expect(tasks[1]).toEqual({
      taskId: 'a',
      name: 'www-data/prod/hello',
      agentId: 'c1b7f9d2-7d3f-4a6e-9a35-0d6a0f3b8a11-S3',
      state: 'TASK_RUNNING',
      tier: 'preemptible',
    });
  });

  test('takes an absent list for an empty one', async () => {
    const fake = await master({
      GET_TASKS: { json: { type: 'GET_TASKS', get_tasks: {} } },
      GET_AGENTS: { json: { type: 'GET_AGENTS', get_agents: {} } },
    });

    const tasks = await reader([fake]).listLiveTasks(frameworkId, wholeList);

    expect(tasks).toEqual([]);
  });

  test('follows a standby to the leader by hand, sending the question again', async () => {
    const leader = await master({ GET_TASKS: { json: tasksBody([taskBody({ id: 'a' })]) } });
    const elsewhere = { status: 307, location: `//${new URL(leader.url).host}/api/v1` };
    const standby = await master({ GET_MASTER: elsewhere, GET_TASKS: elsewhere, GET_AGENTS: elsewhere });

    const tasks = await reader([standby, leader]).listLiveTasks(frameworkId, wholeList);

    expect(tasks).toHaveLength(1);
    expect(standby.asked).toEqual(['GET_MASTER']);
    expect(leader.asked).toEqual(['GET_MASTER', 'GET_AGENTS', 'GET_TASKS', 'GET_MASTER']);
  });

  test('goes on to the next master when one is down', async () => {
    const down = await master();
    await down.close();
    const leader = await master({ GET_TASKS: { json: tasksBody([taskBody({ id: 'a' })]) } });

    const tasks = await reader([down, leader]).listLiveTasks(frameworkId, wholeList);

    expect(tasks).toHaveLength(1);
  });

  test('is not trusted while agents have not registered again', async () => {
    const fake = await master({ GET_AGENTS: { json: agentsBody([{ id: { value: 'S1' } }]) } });

    const census = reader([fake]).listLiveTasks(frameworkId, wholeList);

    await expect(census).rejects.toMatchObject({
      code: 'census-untrusted',
      message: expect.stringContaining('1 agent has not registered again'),
      hint: expect.stringContaining('Wait'),
    });
  });

  test('is not trusted while the master recovers', async () => {
    const fake = await master({
      GET_TASKS: { status: 503, text: 'Master has not finished recovery' },
    });

    const census = reader([fake]).listLiveTasks(frameworkId, wholeList);

    await expect(census).rejects.toMatchObject({
      code: 'census-untrusted',
      message: expect.stringContaining('Master has not finished recovery'),
    });
  });

  test('is not trusted when another election happens meanwhile', async () => {
    let elections = 0;
    const fake = await master({
      GET_MASTER: () => ({ json: masterBody({ electedTime: 1_700_000_000 + elections++ }) }),
    });

    const census = reader([fake]).listLiveTasks(frameworkId, wholeList);

    await expect(census).rejects.toMatchObject({ code: 'census-untrusted' });
  });

  test('is not an empty cluster when the master does not list the framework', async () => {
    const fake = await master({ GET_FRAMEWORKS: { json: frameworksBody([]) } });

    const census = reader([fake]).listLiveTasks(frameworkId, wholeList);

    await expect(census).rejects.toMatchObject({
      code: 'census-untrusted',
      message: expect.stringContaining(frameworkId),
      hint: expect.stringContaining('ACLs'),
    });
  });
});

describe('a master that is no use', () => {
  test.each([
    ['no /api/v1', { status: 404 }, 'Mesos 1.0'],
    ['cut JSON', { status: 200, text: '{"type":"GET_TASKS","get_ta' }, 'not complete JSON'],
    ['another shape', { json: { type: 'GET_TASKS', get_tasks: { tasks: [{ id: 'v0' }] } } }, 'shape'],
    ['redirects nowhere', { status: 307, location: 'ftp://m2/' }, 'redirects'],
    ['says nothing', 'mute' as const, 'nothing came for 200 ms'],
  ])('%s: one sentence that says so, with a hint', async (_name, reply: Reply, words) => {
    const fake = await master({ GET_TASKS: reply });

    const census = reader([fake], { deadlineMs: 200 }).listLiveTasks(frameworkId, wholeList);

    await expect(census).rejects.toMatchObject({
      code: 'mesos-unreachable',
      message: expect.stringContaining(words),
      hint: expect.stringContaining('mesos.masters'),
    });
  });

  test('two masters that point at each other end in an error, not in a loop', async () => {
    const one = await master();
    const other = await master({ GET_MASTER: { status: 307, location: one.url } });
    one.reply({ GET_MASTER: { status: 307, location: other.url } });

    const census = reader([one]).listLiveTasks(frameworkId, wholeList);

    await expect(census).rejects.toMatchObject({ code: 'mesos-unreachable' });
  });

  test('one task of a size that none has is refused, and the rest is not read', async () => {
    const strange = taskBody({ id: 'x'.repeat(5_000_000) });
    const fake = await master({ GET_TASKS: { json: tasksBody([taskBody({ id: 'a' }), strange]) } });

    const census = reader([fake]).listLiveTasks(frameworkId, wholeList);

    await expect(census).rejects.toMatchObject({
      code: 'mesos-unreachable',
      message: expect.stringContaining('one value of it takes more than'),
    });
  });

  test('an answer that is about nothing is no short list of tasks', async () => {
    const fake = await master({ GET_TASKS: { json: { type: 'GET_TASKS' } } });

    const census = reader([fake]).listLiveTasks(frameworkId, wholeList);

    await expect(census).rejects.toMatchObject({
      code: 'mesos-unreachable',
      message: expect.stringContaining('GET_TASKS does not have the shape'),
    });
  });
});

describe('listFrameworks()', () => {
  test('tells the failover clock of a framework that is away, from nanoseconds beyond 2^53', async () => {
    const away = frameworkBody({ connected: false, unregisteredNanoseconds: 1_700_000_100_500_000_000 });
    const fake = await master({ GET_FRAMEWORKS: { json: frameworksBody([away]) } });

    const frameworks = await reader([fake]).listFrameworks();

    expect(frameworks).toEqual([
      {
        frameworkId,
        name: 'Aurora',
        connected: false,
        failoverTimeoutMs: 21 * 24 * 3_600_000,
        unregisteredAtMs: 1_700_000_100_500,
      },
    ]);
  });

  test('takes nanoseconds as a string, and 0 for never', async () => {
    const frameworks = [
      frameworkBody({ connected: false, unregisteredNanoseconds: '1700000100500000000' }),
      frameworkBody({ connected: false, unregisteredNanoseconds: 0 }),
      frameworkBody({ connected: true, unregisteredNanoseconds: 1_700_000_100_500_000_000 }),
    ];
    const fake = await master({ GET_FRAMEWORKS: { json: frameworksBody(frameworks) } });

    const facts = await reader([fake]).listFrameworks();

    expect(facts.map(({ unregisteredAtMs }) => unregisteredAtMs)).toEqual([1_700_000_100_500, null, null]);
  });
});
