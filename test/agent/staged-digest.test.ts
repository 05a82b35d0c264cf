import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectAgent } from '../../src/agent/client.ts';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { recordedExchanges, wireBytes } from '../thrift/recorded-exchanges.ts';
import { type AgentInProcess, startAgentHere } from './support/agent-in-process.ts';
import { createTestHost, type TestHost } from './support/test-host.ts';

describe('what an agent says of what is staged', () => {
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

  test('is nothing while nothing is', async () => {
    await host.startSchedulerByHand();

    expect(await agent.client.digestStaged()).toBeNull();
  });

  test('is that its scheduler does not run, in the words of any call to it', async () => {
    await expect(agent.client.digestStaged()).rejects.toMatchObject({ code: 'rpc-unreachable' });
  });
});

test('an agent of before is asked for the tasks themselves, and the digest is the same', async () => {
  const recorded = recordedExchanges('leader').find(({ name }) => name === 'queryRecovery-all-json');
  if (recorded === undefined) throw new Error('nothing recorded');
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    request.resume();
    if (request.url === '/v1/scheduler/api') {
      const headers = recorded.response.headers.filter(([name]) => name !== 'Transfer-Encoding');
      response.writeHead(200, [...headers, ['aurora-agent-relayed', 'true']].flat()).end(wireBytes(recorded));
      return;
    }
    const error = {
      code: 'no-such-path',
      message: 'There is no GET /v1/staged on an agent.',
      hint: 'Look.',
      details: {},
    };
    response.writeHead(404, { 'Content-Type': 'application/json' }).end(JSON.stringify({ error }));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = connectAgent({ host: 'aurora-1', url, deadlineMs: 10_000, clock: systemClock });

  const said = await client.digestStaged();

  expect(said?.tasks).toBe(7);
  expect(said?.digest).toMatch(/^[0-9a-f]{64}$/);
  expect(asked).toEqual(['/v1/staged', '/v1/scheduler/api']);
  server.closeAllConnections();
  server.close();
});
