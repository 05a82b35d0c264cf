/**
 * The host that is fuzzed: a directory with everything an agent may touch, canaries around it that it may not, a scheduler
 * that notes what it is asked, and the real program as a process of its own.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { createGrantSigner, generateGrantKeys } from '../../src/agent/grant-signer.ts';
import { methods } from '../../src/thrift/methods.ts';

/** Stands in every canary; no answer may hold it. */
export const canaryText = 'canary-7f3a1c-do-not-read';
export const backupName = 'scheduler-backup-2026-11-23-16-38';
/** A name that is a backup's, and leads out of the directory. */
export const linkName = 'scheduler-backup-2026-11-23-16-39';
export const uploadBytesMax = 64 * 1024;
const bodyMs = 300;

export interface FuzzedHost {
  readonly url: string;
  readonly port: number;
  readonly sign: ReturnType<typeof createGrantSigner>['sign'];
  readonly backupSha256: string;
  /** `<operation id> <verb>` of every command that changed something. */
  effects(): readonly string[];
  /** Names of the changing calls that have reached the scheduler. */
  schedulerCalls(): readonly string[];
  /** Everything that only an operation may change, hashed; equal when nothing was. */
  snapshot(): string;
  /** How many canaries were changed, read, removed, or have got company. */
  touchedOutside(): number;
  /** How often the agent has ended by itself; it is started again. */
  crashes(): number;
  rssMb(): number;
  dispose(): Promise<void>;
}

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const command = fileURLToPath(new URL('host-command.sh', import.meta.url));
const backup = fileURLToPath(new URL(`../fixtures/backups/real/${backupName}`, import.meta.url));

/** Makes the host and starts its agent; `complain` gets what the agent says about itself when it is not well. */
export async function createFuzzedHost(complain: (line: string) => void): Promise<FuzzedHost> {
  const outer = mkdtempSync(join(tmpdir(), 'aurora-fuzz-'));
  const dir = join(outer, 'host');
  const path = (...parts: string[]): string => join(dir, ...parts);
  for (const name of ['db', 'backups']) mkdirSync(path(name), { recursive: true });
  for (const name of ['CURRENT', 'LOCK', 'LOG', 'MANIFEST-000007', '000009.log'])
    writeFileSync(path('db', name), name);
  writeFileSync(path('flags'), '# east\n-cluster_name=east\n-mesos_master_address=zk://zk:2181/mesos\n');
  writeFileSync(path('backups', backupName), readFileSync(backup));
  writeFileSync(path('pretend.pid'), String(process.pid));
  const canaries = layCanaries(outer, dir);
  const company = readdirSync(outer, { recursive: true }).filter((name) => !String(name).startsWith('host/'));

  const calls: string[] = [];
  const scheduler = await startScheduler(calls);
  const keys = generateGrantKeys();
  writeFileSync(
    path('agent.yaml'),
    configOf(path, { publicKey: keys.publicKey, httpPort: portOf(scheduler) }),
  );
  let crashes = 0;
  let disposing = false;
  let agent = await startAgent(path('agent.yaml'), complain);
  const watch = (running: ChildProcess): void => {
    running.once('exit', (code, signal) => {
      if (disposing) return;
      crashes += 1;
      complain(`the agent ended with ${signal ?? code}`);
      startAgent(path('agent.yaml'), complain).then(
        (next) => {
          agent = next;
          watch(next.child);
        },
        (error: unknown) => complain(String(error)),
      );
    });
  };
  watch(agent.child);

  return {
    get url() {
      return agent.url;
    },
    get port() {
      return Number(new URL(agent.url).port);
    },
    sign: createGrantSigner(keys.privateKeyPem).sign,
    backupSha256: createHash('sha256').update(readFileSync(backup)).digest('hex'),
    effects: () => readLines(path('effects.log')),
    schedulerCalls: () => calls,
    snapshot: () => hashTree(dir),
    touchedOutside: () => {
      const now = readdirSync(outer, { recursive: true }).filter((name) => !String(name).startsWith('host/'));
      return canaries.filter(isTouched).length + Math.abs(now.length - company.length);
    },
    crashes: () => crashes,
    rssMb: () => {
      const status = readFileSync(`/proc/${agent.child.pid ?? 0}/status`, 'utf8');
      return Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024);
    },
    dispose: async () => {
      disposing = true;
      const gone = once(agent.child, 'exit');
      agent.child.kill('SIGTERM');
      await gone;
      scheduler.closeAllConnections();
      scheduler.close();
      rmSync(outer, { recursive: true, force: true });
    },
  };
}

function configOf(
  path: (...parts: string[]) => string,
  { publicKey, httpPort }: { publicKey: string; httpPort: number },
): string {
  const run = (verb: string, ...rest: string[]): string[] => ['/bin/sh', command, path(), verb, ...rest];
  return stringify({
    host: 'aurora-1',
    cluster: 'east',
    listen: '127.0.0.1:0',
    auroraVersion: '0.22.0',
    trust: { publicKeys: [publicKey], requireEpoch: false },
    // One kind is not allowed on this host, whoever signs it.
    operations: allowedKinds,
    scheduler: { httpAddress: '127.0.0.1', httpPort, libprocess: '127.0.0.1:1' },
    paths: {
      log: path('db'),
      backups: path('backups'),
      flags: path('flags'),
      state: path('state'),
      mesosLog: '/bin/sh',
    },
    drivers: {
      service: {
        kind: 'command',
        start: run('start'),
        stop: run('stop'),
        kill: run('kill'),
        status: run('status'),
      },
      traffic: { kind: 'command', block: run('block'), unblock: run('unblock'), status: run('traffic') },
      flags: { kind: 'flag-file' },
      initializeLog: { kind: 'command', argv: run('initialize', '{path}') },
    },
    bounds: {
      pollMs: 5,
      killMs: 10,
      startMs: 2_000,
      stagingMs: 50,
      bodyMs,
      uploadBytes: uploadBytesMax,
      incomingBytes: 8 * uploadBytesMax,
      requestsPerSecond: 1_000_000,
      requestsBurst: 1_000_000,
      requestsAtOnce: 1_000,
      auditFileBytes: 4 * 1024 * 1024,
      auditFiles: 4,
    },
  });
}

export const forbiddenKind = 'reconcile-implicit';
export const allowedKinds = [
  'hold-backup',
  'receive-backup',
  'stop-scheduler',
  'start-scheduler',
  'block-traffic',
  'unblock-traffic',
  'set-flags',
  'restore-flags',
  'set-aside-log',
  'initialize-log',
  'put-back-log',
  'bring-back-log',
  'place-backup',
  'take-out-backup',
  'stage-backup',
  'delete-staged-tasks',
  'commit-recovery',
  'reconcile-explicit',
] as const;

/** Files that an agent has no business with: beside the host, behind a link in its backups, one directory up. */
function layCanaries(outer: string, dir: string): readonly string[] {
  const canaries = ['passwd', 'secret', 'etc/passwd', 'scheduler-backup-2026-11-23-16-39'].map((name) =>
    join(outer, name),
  );
  mkdirSync(join(outer, 'etc'));
  for (const canary of canaries) {
    writeFileSync(canary, `${canaryText}\n`);
    // Read first as long ago as can be: the first reading since shows, with relatime too.
    utimesSync(canary, 1, statSync(canary).mtimeMs / 1_000);
  }
  symlinkSync('../../scheduler-backup-2026-11-23-16-39', join(dir, 'backups', linkName));
  return canaries;
}

function isTouched(canary: string): boolean {
  try {
    const { atimeMs } = statSync(canary);
    return atimeMs !== 1_000 || readFileSync(canary, 'utf8') !== `${canaryText}\n`;
  } catch {
    return true;
  }
}

/** The agent's own books and what was brought and not believed are not the host's; everything else is. */
function hashTree(dir: string): string {
  const ours = /^(state\/(audit|operations|incoming)|effects\.log)/;
  const hash = createHash('sha256');
  const names = readdirSync(dir, { recursive: true }).map(String).sort();
  for (const name of names) {
    if (ours.test(name)) continue;
    const path = join(dir, name);
    const entry = lstatSync(path);
    hash.update(`${relative(dir, path)} ${entry.mode} ${entry.uid}\n`);
    if (entry.isSymbolicLink()) hash.update(readlinkSync(path));
    else if (entry.isFile()) hash.update(readFileSync(path));
  }
  return hash.digest('hex');
}

const changing = /^(stageRecovery|unloadRecovery|deleteRecoveryTasks|commitRecovery|trigger\w+)$/;

/** Answers everything in the same few bytes, which no client takes for an answer; what matters is what arrives. */
async function startScheduler(calls: string[]): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('latin1');
      const call = Object.keys(methods).find((name) => body.includes(`"${name}"`) || body.includes(name));
      if (call !== undefined && changing.test(call)) calls.push(call);
      response.end('[1,"x",2,0,{}]');
    });
    request.on('error', () => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function startAgent(
  config: string,
  complain: (line: string) => void,
): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [main, 'agent', 'run', '--config', config], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stderr.on('data', (chunk: Buffer) => complain(chunk.toString().trim()));
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', () => reject(new Error('the agent ended before it listened')));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const listens = /"url":"([^"]+)"/.exec(line)?.[1];
      if (listens !== undefined) resolve(listens);
      else if (/"level":[56]0/.test(line) && !line.includes('"operation failed"'))
        complain(line.slice(0, 1_000));
    });
  });
  return { child, url };
}

function readLines(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    return [];
  }
}
