/** A host whose traffic nobody manages: it says so, and blocking changes nothing. The plan's words are in test/restore/preflight. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AgentInProcess, startAgentHere } from '../support/agent-in-process.ts';
import { createTestHost, type TestHost } from '../support/test-host.ts';

let host: TestHost;
let agent: AgentInProcess;
beforeEach(async () => {
  host = await createTestHost();
  const drivers = { ...host.config.drivers, traffic: { kind: 'none' } as const };
  agent = await startAgentHere({ ...host, config: { ...host.config, drivers } });
});
afterEach(async () => {
  await agent.close();
  await host.dispose();
});

test('traffic: none says not-managed, and blocks and unblocks nothing', async () => {
  const { traffic } = await agent.client.readStatus();
  const blocked = await agent.client.perform(host.request('block-traffic', {}));
  const unblocked = await agent.client.perform(host.request('unblock-traffic', {}));

  expect(traffic).toBe('not-managed');
  expect(blocked).toMatchObject({ state: 'done', changed: false });
  expect(unblocked).toMatchObject({ state: 'done', changed: false });
  expect(await host.effects()).toEqual([]);
});
