import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { axiosTransport } from '../../src/thrift/axios-transport.ts';
import { createSchedulerClient, type Protocol, type SchedulerClient } from '../../src/thrift/client.ts';
import { RpcError } from '../../src/thrift/rpc-error.ts';
import { createSchedulerReader } from '../../src/thrift/scheduler-reader.ts';
import { wholeList } from '../support/whole-list.ts';
import { type Exchange, recordedExchanges, requestBytes, wireBytes } from './recorded-exchanges.ts';
import { startServer, type TestServer } from './scheduler-server.ts';

const exchanges = new Map(recordedExchanges('leader').map((exchange) => [exchange.name, exchange]));
const authExchanges = new Map(recordedExchanges('basic-auth').map((exchange) => [exchange.name, exchange]));
const protocols = [
  ['tjson', 'json'],
  ['tbinary', 'binary'],
] as const satisfies readonly (readonly [Protocol, string])[];

const staged = 'scheduler-backup-2026-11-23-16-20';
const oneTask = 'ads-devel-batch-0-b883cc9e-18fb-41ff-a897-aa275cc6b91e';

/** Recorded exchange (without its protocol) → the call of ours that it must equal. */
const calls: readonly (readonly [string, (client: SchedulerClient) => Promise<unknown>])[] = [
  ['getRoleSummary', (client) => createSchedulerReader(client).isStorageReady()],
  ['listBackups', (client) => createSchedulerReader(client).listBackups()],
  ['queryRecovery-all', (client) => createSchedulerReader(client).queryStaged(wholeList)],
  ['queryRecovery-nothing-staged', (client) => createSchedulerReader(client).queryStaged(wholeList)],
  ['getTasksWithoutConfigs', (client) => createSchedulerReader(client).listTasks(wholeList)],
  [
    'getTasksWithoutConfigs-active',
    (client) =>
      createSchedulerReader(client).listTasks(wholeList, [
        'PENDING',
        'STARTING',
        'RUNNING',
        'DRAINING',
        'KILLING',
        'ASSIGNED',
        'PREEMPTING',
      ]),
  ],
  ['getTasksStatus', (client) => client.call('getTasksStatus', { query: {} })],
  ['stageRecovery', (client) => client.call('stageRecovery', { backupId: staged })],
  ['unloadRecovery', (client) => client.call('unloadRecovery', {})],
  [
    'deleteRecoveryTasks-one',
    (client) => client.call('deleteRecoveryTasks', { query: { taskIds: [oneTask] } }),
  ],
  ['commitRecovery-nothing-staged', (client) => client.call('commitRecovery', {}).catch(() => null)],
];

let server: TestServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

/** A client of a server that answers everything with one recorded answer. */
async function clientFor(
  exchange: Exchange,
  options: { protocol: Protocol; credentials?: { user: string; password: string } },
): Promise<SchedulerClient> {
  server = await startServer((_request, response) => {
    const headers = exchange.response.headers.filter(([name]) => name !== 'Transfer-Encoding');
    response.writeHead(exchange.response.status, headers.flat()).end(wireBytes(exchange));
  });
  return createSchedulerClient({
    transport: axiosTransport({ url: server.url, clock: systemClock }),
    deadlineMs: 10_000,
    ...options,
  });
}

function recorded(from: ReadonlyMap<string, Exchange>, name: string): Exchange {
  const exchange = from.get(name);
  if (exchange === undefined) throw new Error(`nothing recorded as ${name}`);
  return exchange;
}

describe.each(protocols)('over %s', (protocol, suffix) => {
  test.each(calls)('%s sends the recorded request', async (name, call) => {
    const exchange = recorded(exchanges, `${name}-${suffix}`);
    const client = await clientFor(exchange, { protocol });

    await call(client);

    const sent = server?.seen[0];
    expect(sent?.body.toString('latin1')).toBe(requestBytes(exchange).toString('latin1'));
    expect(sent).toMatchObject({ method: 'POST', url: '/api' });
    for (const [header, value] of Object.entries(exchange.request.headers))
      expect(sent?.headers[header.toLowerCase()]).toBe(value);
  });

  test('staged tasks are read as rows', async () => {
    const client = await clientFor(recorded(exchanges, `queryRecovery-all-${suffix}`), { protocol });

    const rows = await createSchedulerReader(client).queryStaged(wholeList);

    expect(rows).toHaveLength(7);
    expect(rows?.find((row) => row.taskId === oneTask)).toEqual({
      taskId: oneTask,
      jobKey: { role: 'ads', environment: 'devel', name: 'batch' },
      instanceId: 0,
      status: 'RUNNING',
      tier: 'preemptible',
      owner: 'op',
      slaveHost: 'agent-4.example.org',
    });
  });

  test('nothing staged is null, and no error', async () => {
    const client = await clientFor(recorded(exchanges, `queryRecovery-nothing-staged-${suffix}`), {
      protocol,
    });

    expect(await createSchedulerReader(client).queryStaged(wholeList)).toBeNull();
  });

  test('a missing message is said to be missing', async () => {
    const client = await clientFor(recorded(exchanges, `stageRecovery-no-argument-${suffix}`), { protocol });

    const error = await client.call('stageRecovery', {}).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'rpc-error', messages: ['(the scheduler gave no message)'] });
  });

  test('an administrator without the permission is an error of its own', async () => {
    const exchange = recorded(authExchanges, `listBackups-no-permission-${suffix}`);
    const client = await clientFor(exchange, {
      protocol,
      credentials: { user: 'reader', password: 'readpw' },
    });

    const error = await client.call('listBackups', {}).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(RpcError);
    expect(error).toMatchObject({ code: 'rpc-auth-failed' });
    expect(server?.seen[0]?.headers.authorization).toBe(exchange.request.headers.Authorization);
  });

  test('a wrong password is an error of its own', async () => {
    const exchange = recorded(authExchanges, `listBackups-wrong-password-${suffix}`);
    const client = await clientFor(exchange, {
      protocol,
      credentials: { user: 'reader', password: 'wrong' },
    });

    await expect(client.call('listBackups', {})).rejects.toMatchObject({
      code: 'http-unauthorized',
      status: 401,
    });
  });
});

test('a recorded gzip answer is decompressed', async () => {
  const exchange = recorded(exchanges, 'gzip-reply');
  const client = await clientFor(exchange, { protocol: 'tjson' });

  const { result } = await client.call('getTasksWithoutConfigs', { query: {} });

  expect(server?.seen[0]?.headers['accept-encoding']).toBe('gzip');
  expect(result.scheduleStatusResult?.tasks).toHaveLength(7);
});
