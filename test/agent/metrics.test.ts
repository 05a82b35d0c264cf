import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { measureAgent } from '../../src/agent/metrics.ts';
import { createAuthority } from '../../src/drill/namespaces/certificates.ts';
import { type AgentInProcess, startAgentHere } from './support/agent-in-process.ts';
import { createTestHost, type TestHost } from './support/test-host.ts';

let host: TestHost;
let agent: AgentInProcess;
let registry: Registry;
beforeEach(async () => {
  host = await createTestHost();
  registry = new Registry();
  agent = await startAgentHere(host, { observer: await measureAgent(registry, host.config) });
});
afterEach(async () => {
  await agent.close();
  await host.dispose();
});

test('what was decided and what became of operations is counted, by names of ours alone', async () => {
  const request = host.request('block-traffic', {});
  const unsigned = {
    ...request,
    operationId: `${request.operationId}x`,
    grant: { ...request.grant, signature: Buffer.alloc(64).toString('base64') },
  };

  await agent.client.perform(request);
  await agent.client.perform(request);
  await expect(agent.client.perform(unsigned)).rejects.toMatchObject({ code: 'grant-refused' });
  await fetch(`${agent.url}/secret-path-of-somebody`);
  const text = await registry.metrics();

  expect(text).toContain('aurora_chatops_agent_operations_total{kind="block-traffic",state="done"} 1');
  expect(text).toContain('aurora_chatops_agent_requests_total{decision="granted"} 1');
  expect(text).toContain('aurora_chatops_agent_requests_total{decision="answered-again"} 1');
  expect(text).toContain('aurora_chatops_agent_requests_total{decision="refused"} 2');
  expect(text).toMatch(/^aurora_chatops_agent_last_grant_timestamp_seconds 1[\d.]+/m);
  expect(text).not.toContain('secret');
  expect(text).not.toContain('certificate');
});

test('the end of the certificate is told', async () => {
  const authority = await createAuthority(host.path('ca'), 'ours');
  const { certPath: cert, keyPath: key } = await authority.issue('aurora-1', { for: 'server', days: 10 });
  const other = new Registry();

  await measureAgent(other, { ...host.config, tls: { cert, key, clientCa: authority.certPath } });
  const [, seconds] =
    /^aurora_chatops_agent_certificate_ends_timestamp_seconds (.+)$/m.exec(await other.metrics()) ?? [];

  expect(Math.round((Number(seconds) - Date.now() / 1000) / 86_400)).toBe(10);
});
