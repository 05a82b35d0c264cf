/**
 * A scheduler with a backup staged, and the Mesos master on which most of its tasks run: two ports that answer the questions of
 * the bench's steps, with as many tasks as there are, made while they are sent. `node outside.ts BACKUP TASKS SCHEDULER_PORT`
 * writes the backup, and sends the master's port to its parent.
 */
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { decodeTaskRows } from '../../../src/backups/task-rows.ts';
import { methods } from '../../../src/thrift/methods.ts';
import { decodeMessage } from '../../../src/thrift/tbinary.ts';
import { largeBackup } from '../../backups/large-backup.ts';
import { endWithParent } from './watched.ts';

const [backup = '', tasksText = '', portText = ''] = process.argv.slice(2);
const tasks = Number(tasksText);
const recorded = await readFile(
  new URL('../../fixtures/backups/real/scheduler-backup-2026-11-23-16-38', import.meta.url),
);
/** That of the recorded backup. */
const frameworkId = '3a071eef-1142-4fc0-a009-6a919d6ebacf-0000';

/** Of the tasks in the backup one in twenty has ended since. */
const endedEvery = 20;

endWithParent();
await pipeline(Readable.from(largeBackup(recorded, tasks)), createWriteStream(backup));
await listen(answerAsScheduler, Number(portText));
process.send?.(await listen(answerAsMaster, 0));

async function answerAsScheduler(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { name, seqid } = decodeMessage(
    await bodyOf(request),
    (method) => methods[method as 'queryRecovery'],
  );
  response.writeHead(200, { 'content-type': 'application/vnd.apache.thrift.binary' });
  await pipeline(Readable.from(name === 'queryRecovery' ? staged(seqid) : nothing(name, seqid)), response);
}

const [i32, struct, set, stop] = [8, 12, 14, 0];

/** `Response` of OK around a `Result` around a `QueryRecoveryResult`; the tasks as they lie in the backup. */
function* staged(seqid: number): Generator<Buffer> {
  yield* header('queryRecovery', seqid);
  yield Buffer.from([struct, 0, 3, struct, 0, 9, set, 0, 1, struct]);
  yield number(tasks);
  let piece = 0;
  // Before the tasks are what else is in a backup and the header of their set; behind them its end.
  for (const bytes of largeBackup(recorded, tasks)) if (++piece > 2 && bytes.length > 1) yield bytes;
  yield Buffer.from([stop, stop, stop, stop]);
}

function* nothing(name: string, seqid: number): Generator<Buffer> {
  yield* header(name, seqid);
  yield Buffer.from([stop, stop]);
}

function* header(name: string, seqid: number): Generator<Buffer> {
  yield Buffer.from([0x80, 1, 0, 2]);
  yield number(name.length);
  yield Buffer.from(name);
  yield number(seqid);
  yield Buffer.from([struct, 0, 0, i32, 0, 1, 0, 0, 0, 1]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

async function answerAsMaster(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { type } = JSON.parse((await bodyOf(request)).toString()) as { type: string };
  response.writeHead(200, { 'content-type': 'application/json' });
  await pipeline(Readable.from(type === 'GET_TASKS' ? running() : [JSON.stringify(said(type))]), response);
}

function said(type: string): object {
  if (type === 'GET_MASTER') return { get_master: { master_info: { id: 'm1' }, elected_time: 1 } };
  if (type === 'GET_AGENTS') return { get_agents: { agents: [], recovered_agents: [] } };
  const framework_info = { name: 'Aurora', id: { value: frameworkId } };
  return { get_frameworks: { frameworks: [{ framework_info, connected: true }] } };
}

/** Some 1.5 kB a task, as a real master answers. */
async function* running(): AsyncGenerator<string> {
  yield '{"type":"GET_TASKS","get_tasks":{"tasks":[';
  let [read, text, between] = [0, '', ''];
  for await (const { taskId, jobKey, tier } of decodeTaskRows(largeBackup(recorded, tasks), 'what runs')) {
    if (read++ % endedEvery === 0) continue;
    const task = {
      name: `${jobKey.role}/${jobKey.environment}/${jobKey.name}`,
      task_id: { value: taskId },
      framework_id: { value: frameworkId },
      executor_id: { value: `thermos-${taskId}` },
      agent_id: { value: `f0d1a8a2-5a5e-4c6c-9a6a-0a3c5a8d4c7e-S${read % 10_000}` },
      state: 'TASK_RUNNING',
      resources,
      status_update_state: 'TASK_RUNNING',
      status_update_uuid: { value: 'q0nB0L0BQ7yYk2mVnAqJ4w==' },
      statuses: statusesOf(taskId),
      labels: { labels: [{ key: 'org.apache.aurora.tier', value: tier }] },
    };
    text += between + JSON.stringify(task);
    between = ',';
    if (text.length < 64 * 1_024) continue;
    yield text;
    text = '';
  }
  yield `${text}]}}`;
}

const resources = ['cpus', 'mem', 'disk'].map((name) => ({
  name,
  type: 'SCALAR',
  scalar: { value: 1.5 },
  role: '*',
  allocation_info: { role: '*' },
}));

function statusesOf(taskId: string): readonly object[] {
  return ['TASK_STARTING', 'TASK_RUNNING'].map((state) => ({
    task_id: { value: taskId },
    state,
    source: 'SOURCE_EXECUTOR',
    timestamp: 1_795_000_000.5,
    uuid: 'q0nB0L0BQ7yYk2mVnAqJ4w==',
    container_status: { container_id: { value: 'e4b9f2c5-8e3b-4f4d-9f42-1f2f4b5b1a2d' } },
  }));
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function listen(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  port: number,
): Promise<number> {
  const listener: RequestListener = (request, response) => {
    answer(request, response).catch(() => response.destroy());
  };
  const server = createServer(listener).listen(port, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return (server.address() as AddressInfo).port;
}
