import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HostStatus } from '../../src/aurora/hosts.ts';
import { type AgentInProcess, startAgentHere } from './support/agent-in-process.ts';
import { createTestHost, flagText, type TestHost } from './support/test-host.ts';

let host: TestHost;
let agent: AgentInProcess;
beforeEach(async () => {
  host = await createTestHost();
  agent = await startAgentHere(host);
});
afterEach(async () => {
  await agent.close();
  await host.dispose();
});

const seen = async (): Promise<HostStatus['scheduler']> => (await agent.client.readStatus()).scheduler;
const stop = () => agent.client.perform(host.request('stop-scheduler', { graceMs: 10_000 }));

/** The command line of the next start. */
const startWith = async (options: { flags?: readonly string[]; says?: object }): Promise<void> => {
  const file = host.path('scheduler.json');
  const [program = '', script = '', said = ''] = JSON.parse(await readFile(file, 'utf8')) as string[];
  const says = JSON.stringify({ ...(JSON.parse(said) as object), ...options.says });
  await writeFile(file, JSON.stringify([program, script, says, ...(options.flags ?? [])]));
  await host.startSchedulerByHand();
};

describe('the instance', () => {
  test('stays the same while the process runs, and another start is another one', async () => {
    await host.startSchedulerByHand();
    const first = await seen();
    const again = await seen();
    await stop();
    await host.startSchedulerByHand();
    const second = await seen();

    expect(first.instance).toEqual(expect.stringContaining(String(first.pid)));
    expect(again.instance).toBe(first.instance);
    expect(second.instance).toEqual(expect.any(String));
    expect(second.instance).not.toBe(first.instance);
  });

  test('is null when nothing runs', async () => {
    expect(await seen()).toMatchObject({ service: 'stopped', instance: null, processFlags: null });
  });
});

describe('the flags of the process', () => {
  test('are those of its start, whatever the file says by now', async () => {
    await startWith({ flags: ['-cluster_name=east', '-reconciliation_initial_delay=365days'] });
    await writeFile(host.path('flags'), flagText.replace('-cluster_name=east', '-cluster_name=west'));

    expect(await agent.client.readStatus()).toMatchObject({
      scheduler: { processFlags: { cluster_name: 'east', reconciliation_initial_delay: '365days' } },
      flags: { values: { cluster_name: 'west' } },
    });
  });

  test('behind a wrapper are those that Java tells', async () => {
    const main = 'org.apache.aurora.scheduler.app.SchedulerMain';
    await startWith({ says: { javaCommand: `${main} -cluster_name=east -zk_in_proc -http_port 8081` } });

    expect((await seen()).processFlags).toEqual({
      cluster_name: 'east',
      zk_in_proc: 'true',
      http_port: '8081',
    });
  });

  test('are null when neither tells them', async () => {
    await host.startSchedulerByHand();

    expect(await seen()).toMatchObject({
      service: 'running',
      instance: expect.any(String),
      processFlags: null,
    });
  });

  test('do not give a secret away', async () => {
    await startWith({ flags: ['-zk_digest_credentials=aurora:hunter2'] });

    expect((await seen()).processFlags).toEqual({ zk_digest_credentials: '(hidden)' });
  });
});
