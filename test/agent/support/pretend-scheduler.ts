/**
 * A process that is for the host what a scheduler is: two ports, the log's LOCK open, an API that answers OK and notes
 * what it was asked. While there is a file `leads` in its directory it has registered, has tasks, and writes backups, whose names
 * are of so many milliseconds from now as the file says. `node pretend-scheduler.ts <options as JSON> [-flag=value …]`.
 */
import { appendFileSync, copyFileSync, existsSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isMethodName, methods } from '../../../src/thrift/methods.ts';
import { methodResult } from '../../../src/thrift/structs.ts';
import * as tbinary from '../../../src/thrift/tbinary.ts';
import * as tjson from '../../../src/thrift/tjson.ts';

interface Options {
  readonly dir: string;
  readonly log: string;
  readonly httpPort: number;
  readonly libprocessPort: number;
  readonly stubborn: boolean;
  /** Loopback unless it is said. */
  readonly address?: string;
  /** What it says it was started with, when a wrapper has started it. */
  readonly javaCommand?: string;
}

let loaded = false;
let staged = new Set<string>();

const options = JSON.parse(process.argv[2] ?? '{}') as Options;
const address = options.address ?? '127.0.0.1';
if (existsSync(join(options.log, 'LOCK'))) openSync(join(options.log, 'LOCK'), 'r+');
if (options.stubborn) process.on('SIGTERM', () => undefined);

createTcpServer().listen(options.libprocessPort, address);
createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    if (request.url === '/vars.json') {
      response.end(
        JSON.stringify({
          jvm_uptime_secs: 5,
          scheduler_lifecycle_ACTIVE: 1,
          system_env_SECRET: 'hunter2',
          'jvm_prop_sun.java.command': options.javaCommand,
          ...(leads() ? { framework_registered: 1, task_store_RUNNING: 7 } : {}),
        }),
      );
    } else if (request.url === '/leaderhealth') {
      response.statusCode = leads() ? 200 : 502;
      response.end();
    } else if (request.url === '/api') {
      const mediaType = request.headers['content-type'] ?? '';
      void answer(Buffer.concat(chunks), mediaType.endsWith('.binary') ? tbinary : tjson).then((body) => {
        response.setHeader('content-type', mediaType);
        response.setHeader('x-seen', JSON.stringify(request.headers));
        response.end(body);
      });
    } else {
      response.statusCode = 404;
      response.end('no such page');
    }
  });
}).listen(options.httpPort, address);

async function answer(
  body: Buffer,
  codec: Pick<typeof tjson, 'decodeMessage' | 'encodeMessage'>,
): Promise<Buffer> {
  const call = codec.decodeMessage(body, (name) => {
    if (!isMethodName(name)) throw new Error(`unknown call ${name}`);
    return methods[name];
  });
  appendFileSync(join(options.dir, 'calls.log'), `${call.name}\n`);
  const hold = join(options.dir, `hold-${call.name}`);
  while (existsSync(hold)) await wait(10);
  const reply = { name: call.name, type: 'reply', seqid: call.seqid } as const;
  const said = respond(call.name);
  return codec.encodeMessage(reply, methodResult, {
    success: {
      responseCode: said === null ? 1 : 2,
      serverInfo: { clusterName: 'east', statsUrlPrefix: '' },
      ...(call.name === 'queryRecovery' && said === null
        ? { result: { queryRecoveryResult: { tasks: [...staged].map(taskOf) } } }
        : {}),
      details: said === null ? [] : [{ message: said }],
    },
  });
}

/** The one staging slot, as aurora.md 4.2 has it; `null` is OK. */
function respond(name: string): string | null {
  if (name === 'stageRecovery') {
    if (loaded) return 'Another backup is already loaded.';
    loaded = true;
    staged = new Set(['t-1', 't-2']);
  }
  if (name === 'performBackup' && leads()) writeBackup();
  if (name === 'unloadRecovery') loaded = false;
  if (name === 'deleteRecoveryTasks') staged.delete('t-1');
  return name === 'queryRecovery' && !loaded ? 'No backup loaded.' : null;
}

function leads(): boolean {
  return existsSync(join(options.dir, 'leads'));
}

function writeBackup(): void {
  const at = new Date(Date.now() + Number(readFileSync(join(options.dir, 'leads'), 'utf8')));
  const minute = at.toISOString().slice(0, 16).replace(/[T:]/g, '-');
  const backups = join(options.dir, 'backups');
  copyFileSync(
    join(backups, 'scheduler-backup-2026-11-23-16-38'),
    join(backups, `scheduler-backup-${minute}`),
  );
}

function taskOf(taskId: string) {
  const job = { role: 'www', environment: 'prod', name: 'web' };
  return { assignedTask: { taskId, task: { job }, instanceId: 0 }, status: 2 };
}
