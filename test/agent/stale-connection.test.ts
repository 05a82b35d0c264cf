/** What becomes of a request that meets a connection which the agent is just closing. */
import { afterEach, describe, expect, it } from 'vitest';
import { createAgentHttp } from '../../src/agent/agent-http.ts';
import { answerLimits } from '../../src/agent/answer-limits.ts';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { startClosingServer } from '../support/closing-server.ts';

const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of closing.splice(0)) await server.close();
});

const wanted = { limits: answerLimits.status, parse: (body: unknown) => body };

const agent = async (how: { closesAlways?: boolean } = {}) => {
  const server = await startClosingServer(
    (_request, response) => response.setHeader('content-type', 'application/json').end('{"fine":true}'),
    how,
  );
  closing.push(server);
  const http = createAgentHttp({ host: 'aurora-1', url: server.url, deadlineMs: 10_000, clock: systemClock });
  return { http, server };
};

describe('a connection that went stale', () => {
  it('is not noticed by whoever reads: it is asked once more, on a new one', async () => {
    const { http, server } = await agent();

    await http.read('/one', wanted);
    const second = await http.read('/two', wanted);
    // Those that are kept may be stale, too: the new one was not kept, so this begins anew.
    const third = await http.read('/three', wanted);

    expect([second, third]).toEqual([{ fine: true }, { fine: true }]);
    expect(server.seen).toEqual(['GET /one', 'GET /two closed', 'GET /two', 'GET /three']);
  });

  it('is not noticed by whoever opens a stream', async () => {
    const { http, server } = await agent();
    await http.read('/one', wanted);

    const bytes = await Array.fromAsync(await http.open('/tasks'));

    expect(Buffer.concat(bytes).toString()).toBe('{"fine":true}');
    expect(server.seen).toEqual(['GET /one', 'GET /tasks closed', 'GET /tasks']);
  });

  it('leaves an operation unknown: it is sent once', async () => {
    const { http, server } = await agent();
    await http.read('/one', wanted);

    const sent = http.send('/v1/operations', { kind: 'stop' }, wanted);

    await expect(sent).rejects.toMatchObject({ code: 'agent-unreachable' });
    expect(server.seen).toEqual(['GET /one', 'POST /v1/operations closed']);
  });
});

it('an agent that closes new connections is one that does not answer: it is asked once', async () => {
  const { http, server } = await agent({ closesAlways: true });

  await expect(http.read('/one', wanted)).rejects.toMatchObject({ code: 'agent-unreachable' });

  expect(server.seen).toEqual(['GET /one closed']);
});
