import type { ServerResponse } from 'node:http';
import { afterEach } from 'vitest';
import type { Clock } from '../../src/aurora/clock.ts';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { axiosTransport } from '../../src/thrift/axios-transport.ts';
import {
  createSchedulerClient,
  type SchedulerClient,
  type SchedulerClientOptions,
} from '../../src/thrift/client.ts';
import type { Struct } from '../../src/thrift/schema.ts';
import { methodResult } from '../../src/thrift/structs.ts';
import { encodeMessage } from '../../src/thrift/tjson.ts';
import { type SeenRequest, startServer, type TestServer } from './scheduler-server.ts';

const servers: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** Closes something of a test when the test is over. */
export function closeAfterTest(server: { close(): Promise<void> }): void {
  servers.push(server);
}

/** A server that is closed when the test is over. */
export async function serve(
  answer: (request: SeenRequest, response: ServerResponse) => void,
): Promise<TestServer> {
  const server = await startServer(answer);
  servers.push(server);
  return server;
}

/** A TJSON client of a server. */
export function clientOf(
  server: { url: string },
  options: Partial<SchedulerClientOptions> & {
    clock?: Clock;
    totalMs?: number;
    followTo?: (target: URL) => boolean;
  } = {},
): SchedulerClient {
  const { clock = systemClock, totalMs, followTo, ...rest } = options;
  return createSchedulerClient({
    transport: axiosTransport({
      url: server.url,
      clock,
      ...(totalMs === undefined ? {} : { totalMs }),
      ...(followTo === undefined ? {} : { followTo }),
    }),
    protocol: 'tjson',
    deadlineMs: 10_000,
    ...rest,
  });
}

/** The bytes of an answer. */
export function reply(method: string, fields: Struct<typeof methodResult>['success']): Buffer {
  return encodeMessage({ name: method, type: 'reply', seqid: 1 }, methodResult, { success: fields });
}

/** Answers every request with the same body. */
export function answerWith(body: Buffer | string, status = 200, headers: Record<string, string> = {}) {
  return (_request: SeenRequest, response: ServerResponse): void => {
    response
      .writeHead(status, { 'Content-Type': 'application/vnd.apache.thrift.json', ...headers })
      .end(body);
  };
}

export const ok = { responseCode: 1, details: [] };
