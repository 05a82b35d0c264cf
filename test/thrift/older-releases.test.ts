/** What our client sends to older releases, and what their answers tell it, against recorded bytes. */
import { afterEach, describe, expect, test } from 'vitest';
import { explainContradiction } from '../../src/aurora/release-signs.ts';
import { releaseOf } from '../../src/aurora/releases.ts';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { axiosTransport } from '../../src/thrift/axios-transport.ts';
import { createSchedulerClient, type SchedulerClient } from '../../src/thrift/client.ts';
import { createSchedulerReader } from '../../src/thrift/scheduler-reader.ts';
import { type Release, type ReleaseExchange, releaseExchanges, requestBytes } from './recorded-exchanges.ts';
import { startServer, type TestServer } from './scheduler-server.ts';

let server: TestServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

/** A client of a server that gives the recorded answer to each recorded call, by its method. */
async function clientOf(release: Release, names: readonly string[]): Promise<SchedulerClient> {
  const answers = releaseExchanges(release, 'rpc').filter(({ name }) => names.includes(name));
  let sent = 0;
  server = await startServer((_request, response) => {
    const answer = answers[sent++]?.response;
    if (!answer) throw new Error('more calls than recorded answers');
    response.writeHead(
      answer.status,
      Object.fromEntries(answer.headers.filter(([name]) => name === 'Content-Type')),
    );
    response.end(numbered(Buffer.from(answer.bodyBase64 ?? '', 'base64'), sent));
  });
  return createSchedulerClient({
    transport: axiosTransport({ url: server.url, clock: systemClock }),
    protocol: 'tjson',
    deadlineMs: 5_000,
    sessionKey: releaseOf(release).sessionKey,
  });
}

/** Recorded calls are all the first of their connection. */
function numbered(body: Buffer, seqid: number): Buffer {
  return Buffer.from(body.toString('utf8').replace(/^(\[1,"\w+",\d,)1,/, `$1${seqid},`));
}

function recorded(release: Release, name: string): ReleaseExchange {
  const exchange = releaseExchanges(release, 'rpc').find((one) => one.name === name);
  if (exchange === undefined) throw new Error(`no exchange ${name}`);
  return exchange;
}

describe('a call to 0.9.0 carries a session key, byte for byte as recorded', () => {
  const staged = 'scheduler-backup-2026-11-23-17-02';
  const calls: readonly (readonly [string, (client: SchedulerClient) => Promise<unknown>])[] = [
    ['listBackups-json', (client) => client.call('listBackups', {})],
    ['stageRecovery-json', (client) => client.call('stageRecovery', { backupId: staged })],
    ['queryRecovery-all-json', (client) => client.call('queryRecovery', { query: {} })],
    ['unloadRecovery-json', (client) => client.call('unloadRecovery', {})],
    ['performBackup-json', (client) => client.call('performBackup', {})],
    ['getRoleSummary-json', (client) => client.call('getRoleSummary', {})],
  ];

  test.each(calls)('%s', async (name, call) => {
    const client = await clientOf('0.9.0', [name]);

    await call(client);

    expect(server?.seen[0]?.body.toString()).toBe(requestBytes(recorded('0.9.0', name)).toString());
  });
});

describe('the answers of a release', () => {
  test.each(['0.9.0', '0.17.0', '0.20.0'] as const)('%s do not contradict it', async (release) => {
    const client = await clientOf(release, ['getTierConfigs-json', 'getTasksStatus-json']);

    const signs = await createSchedulerReader(client).readReleaseSigns();

    expect(signs.length).toBeGreaterThanOrEqual(3);
    expect(explainContradiction(signs, releaseOf(release))).toBeNull();
  });

  test.each([
    ['0.9.0', '0.22.0'],
    ['0.17.0', '0.20.0'],
    ['0.20.0', '0.17.0'],
    ['0.17.0', '0.12.0'],
  ] as const)('%s contradict %s', async (release, configured) => {
    const client = await clientOf(release, ['getTierConfigs-json', 'getTasksStatus-json']);

    const signs = await createSchedulerReader(client).readReleaseSigns();

    expect(explainContradiction(signs, releaseOf(configured))).toContain(configured);
  });

  test('a scheduler that is not READY tells what it can', async () => {
    const client = await clientOf('0.20.0', ['getTierConfigs-json', 'standby-getTasksStatus-json']);

    const signs = await createSchedulerReader(client).readReleaseSigns();

    expect(signs).toHaveLength(2);
  });
});
