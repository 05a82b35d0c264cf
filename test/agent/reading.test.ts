import { appendFile, copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectAgent } from '../../src/agent/client.ts';
import { collectOutline } from '../../src/aurora/outline.ts';
import { systemClock } from '../../src/aurora/system-clock.ts';
import type { TaskRow } from '../../src/aurora/tasks.ts';
import { methods } from '../../src/thrift/methods.ts';
import { encodeMessage as encodeBinary } from '../../src/thrift/tbinary.ts';
import { encodeMessage as encodeJson } from '../../src/thrift/tjson.ts';
import { type AgentInProcess, startAgentHere } from './support/agent-in-process.ts';
import { backupFixture, createTestHost, backupName as name, type TestHost } from './support/test-host.ts';

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

const collect = async <T>(items: AsyncIterable<T>): Promise<readonly T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};
const older = 'scheduler-backup-2026-11-23-16-20';
const olderFixture = backupFixture.replace(name, older);

describe('backups', () => {
  test('are listed newest content first, decoded, and without what is not a plain file of that name', async () => {
    await copyFile(olderFixture, host.path('backups', older));
    await writeFile(host.path('backups', 'temp_scheduler-backup-2026-11-23-16-39'), 'x');
    await symlink(backupFixture, host.path('backups', 'scheduler-backup-2026-11-23-16-40'));
    await mkdir(host.path('backups', 'scheduler-backup-2026-11-23-16-41'));

    const backups = await agent.client.listBackups();

    expect(backups.map((backup) => backup.name)).toEqual([name, older]);
    expect(backups[0]?.report).toMatchObject({ sha256: host.backupSha256, complete: true, verdict: 'ok' });
  });

  test('are known at once, or said to be read still, to whoever asks for what is known now', async () => {
    await writeFile(host.path('backups', older), 'not whole yet');

    const first = await agent.client.listKnownBackups();
    await expect
      .poll(async () => (await agent.client.listKnownBackups()).reading, { timeout: 20_000 })
      .toEqual([]);
    const known = await agent.client.listKnownBackups();
    const old = await agent.client.listBackups();

    expect([...first.files, ...first.reading].map((file) => file.name).sort()).toEqual([older, name]);
    expect(known.files).toEqual(old);
    expect(old.map((file) => [file.name, file.report.verdict])).toEqual([
      [name, 'ok'],
      [older, 'broken'],
    ]);
    const { status } = await fetch(`${agent.url}/v1/backups?known=never`);
    expect(status).toBe(400);
  });

  test('are decoded again when the file has changed', async () => {
    const before = await agent.client.inspectBackup(name);
    await appendFile(host.path('backups', name), 'more');

    const after = await agent.client.inspectBackup(name);

    expect(after.sha256).not.toBe(before.sha256);
    expect(after.trailingBytes).toBe(4);
  });

  test('give what they have, job by job', async () => {
    const outline = await collectOutline(agent.client.readBackupOutline(name));
    const { jobs, cronJobs, quotas, frameworkId } = await agent.client.inspectBackup(name);

    expect([outline.jobs.size, outline.cron.size, outline.quotas?.size]).toEqual([jobs, cronJobs, quotas]);
    expect(outline.frameworkId).toBe(frameworkId);
  });

  test('that are cut are said to be broken at their end, and a missing one at once', async () => {
    await writeFile(host.path('backups', older), (await readFile(olderFixture)).subarray(0, 2_000));

    await expect(collect(agent.client.readBackupOutline(older))).rejects.toMatchObject({
      code: 'backup-broken',
    });
    await expect(
      collect(agent.client.readBackupOutline('scheduler-backup-2026-01-01-00-00')),
    ).rejects.toMatchObject({ code: 'backup-missing' });
  });

  test('give their tasks as a stream', async () => {
    const tasks = await collect<TaskRow>(agent.client.readBackupTasks(name));
    const { tasks: counted } = await agent.client.inspectBackup(name);

    expect(tasks).toHaveLength(counted.total);
    expect(tasks[0]).toMatchObject({ taskId: expect.any(String), jobKey: { role: expect.any(String) } });
  });

  test('that are broken end their stream with the reason', async () => {
    const whole = await readFile(backupFixture);
    await writeFile(host.path('backups', older), whole.subarray(0, whole.length - 1));

    await expect(collect(agent.client.readBackupTasks(older))).rejects.toMatchObject({
      code: 'backup-broken',
    });
  });

  test('that are not there are missing', async () => {
    const nowhere = 'scheduler-backup-2020-01-01-00-00';

    await expect(agent.client.inspectBackup(nowhere)).rejects.toMatchObject({ code: 'backup-missing' });
    await expect(collect(agent.client.readBackupTasks(nowhere))).rejects.toMatchObject({
      code: 'backup-missing',
    });
    await expect(agent.client.readHeldBackup({ restoreId: 'R1', name })).rejects.toMatchObject({
      code: 'backup-missing',
    });
  });

  test('travel from one host to another', async () => {
    const other = await createTestHost();
    const otherAgent = await startAgentHere(other);
    const backup = { name, sha256: host.backupSha256 };
    await agent.client.perform(host.request('hold-backup', backup));

    const bytes = await agent.client.readHeldBackup({ restoreId: 'R1', name });
    await otherAgent.client.uploadBackup({ restoreId: 'R1', ...backup, bytes });
    const received = await otherAgent.client.perform(other.request('receive-backup', backup));

    expect(received).toMatchObject({ state: 'done', changed: true });
    expect(await readFile(other.path('state', 'held', 'R1', name))).toEqual(await readFile(backupFixture));
    await otherAgent.close();
    await other.dispose();
  });

  test('that arrive with another hash than announced are not kept', async () => {
    const bytes = (async function* () {
      yield Buffer.from('not the backup');
    })();
    const upload = { restoreId: 'R1', name, sha256: host.backupSha256, bytes };

    await expect(agent.client.uploadBackup(upload)).rejects.toMatchObject({ code: 'upload-differs' });
    expect(
      await agent.client.perform(host.request('receive-backup', { name, sha256: host.backupSha256 })),
    ).toMatchObject({
      state: 'failed',
    });
  });

  test('that are longer than the bound are not taken', async () => {
    await agent.close();
    agent = await startAgentHere(host, { bounds: { uploadBytes: 100 } });
    const bytes = (async function* () {
      yield Buffer.alloc(64);
      yield Buffer.alloc(64);
    })();
    const upload = { restoreId: 'R1', name, sha256: host.backupSha256, bytes };

    await expect(agent.client.uploadBackup(upload)).rejects.toMatchObject({ code: 'upload-too-long' });
  });
});

describe('paths in names', () => {
  test.each([
    '/v1/backups/..%2f..%2fetc%2fpasswd',
    '/v1/backups/%2e%2e%2f%2e%2e%2fetc%2fpasswd/tasks',
    '/v1/backups/scheduler-backup-2026-11-23-16-38%00',
    '/v1/held/..%2f..%2fheld/scheduler-backup-2026-11-23-16-38',
    '/v1/held/R1/..%2foperations.sqlite',
    '/v1/held/R1%2f..%2f..%2fincoming/scheduler-backup-2026-11-23-16-38',
    '/v1/operations/..%2f..%2fetc',
  ])('are refused: %s', async (path) => {
    const response = await fetch(agent.url + path);

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'bad-request' } });
  });

  test('are refused in uploads, and nothing is written', async () => {
    const response = await fetch(`${agent.url}/v1/uploads/..%2f..%2fx/${name}?sha256=${'0'.repeat(64)}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream' },
      body: 'x',
    });

    expect(response.status).toBe(400);
  });
});

describe('the relay', () => {
  test('passes reading calls on to a scheduler that does not lead', async () => {
    await host.startSchedulerByHand();

    const ready = await agent.client.scheduler.isStorageReady();

    expect(ready).toBe(true);
    expect(await host.calls()).toEqual(['getRoleSummary']);
  });

  const json = 'application/vnd.apache.thrift.json';
  const binary = 'application/vnd.apache.thrift.binary';
  const call = (method: keyof typeof methods) => ({ name: method, type: 'call', seqid: 1 }) as const;
  const oldStyle = Buffer.from('0000000e676574526f6c6553756d6d617279010000000100', 'hex');
  test.each<[string, string, Uint8Array, number]>([
    ['a changing call in TJSON', json, encodeJson(call('commitRecovery'), methods.commitRecovery, {}), 403],
    [
      'a changing call in TBinary',
      binary,
      encodeBinary(call('commitRecovery'), methods.commitRecovery, {}),
      403,
    ],
    [
      'a reading call with something behind it',
      json,
      Buffer.from('[1,"getRoleSummary",1,1,{}][1,"commitRecovery",1,1,{}]'),
      403,
    ],
    ['a reply', json, Buffer.from('[1,"getRoleSummary",2,1,{}]'), 403],
    ['TBinary said to be TJSON', json, encodeBinary(call('getRoleSummary'), methods.getRoleSummary, {}), 403],
    ['the old form of TBinary', binary, oldStyle, 403],
    ['an unknown call', json, Buffer.from('[1,"nope",1,1,{}]'), 403],
    ['another media type', 'application/json', Buffer.from('[1,"getRoleSummary",1,1,{}]'), 415],
    [
      'a media type with a parameter',
      `${json}; charset=utf-8`,
      Buffer.from('[1,"getRoleSummary",1,1,{}]'),
      415,
    ],
  ])('refuses %s', async (_what, contentType, body, status) => {
    await host.startSchedulerByHand();

    const response = await fetch(`${agent.url}/v1/scheduler/api`, {
      method: 'POST',
      headers: { 'content-type': contentType },
      body,
    });

    expect(response.status).toBe(status);
    expect(await host.calls()).toEqual([]);
  });

  test('sends the bypass header and the answer back as it came', async () => {
    await host.startSchedulerByHand();

    const response = await fetch(`${agent.url}/v1/scheduler/api`, {
      method: 'POST',
      headers: { 'content-type': json },
      body: '[1,"getRoleSummary",1,7,{}]',
    });

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(json);
    expect(response.headers.get('aurora-agent-relayed')).toBe('true');
    expect(await response.text()).toMatch(/^\[1,"getRoleSummary",2,7,/);
  });

  test('says that the scheduler is not there', async () => {
    await expect(agent.client.scheduler.isStorageReady()).rejects.toMatchObject({ code: 'rpc-unreachable' });
  });
});

describe('the client', () => {
  test('says that nobody answers, and what to look at', async () => {
    const { url } = agent;
    await agent.close();
    const client = connectAgent({ host: 'aurora-1', url, deadlineMs: 2_000, clock: systemClock });

    for (const silence of [client.readStatus(), client.scheduler.isStorageReady(), client.listBackups()]) {
      await expect(silence).rejects.toMatchObject({
        code: 'agent-unreachable',
        hint: expect.stringMatching(/aurora-1/),
      });
    }
    agent = await startAgentHere(host);
  });

  test('says that what answers is not an agent', async () => {
    await host.startSchedulerByHand();
    const url = `http://127.0.0.1:${host.config.scheduler.httpPort}`;
    const client = connectAgent({ host: 'aurora-1', url, deadlineMs: 2_000, clock: systemClock });

    await expect(client.readStatus()).rejects.toMatchObject({ code: 'agent-garbled' });
    await expect(client.scheduler.isStorageReady()).rejects.toMatchObject({ code: 'agent-garbled' });
  });
});
