/**
 * The commands of a pretend host, one program: `node host-command.ts <dir> <verb>`. It notes every effect with the
 * operation that asked for it, and waits before or after the effect when a test has laid a file `hold-<when>-<verb>`.
 */
import { spawn } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const [dir = '', verb = '', ...rest] = process.argv.slice(2);
const pidFile = join(dir, 'scheduler.pid');
const blockedFile = join(dir, 'blocked');

switch (verb) {
  case 'start':
    await effect(() => {
      if (runningPid() !== null) throw new Error('a scheduler runs already');
      const [program = '', ...args] = JSON.parse(readFileSync(join(dir, 'scheduler.json'), 'utf8'));
      const child = spawn(program, args, { detached: true, stdio: 'ignore' });
      writeFileSync(pidFile, String(child.pid));
      child.unref();
    });
    break;
  case 'stop':
    await effect(() => signal('SIGTERM'));
    break;
  case 'kill':
    await effect(() => signal('SIGKILL'));
    break;
  case 'block':
    await effect(() => writeFileSync(blockedFile, ''));
    break;
  case 'unblock':
    await effect(() => rmSync(blockedFile, { force: true }));
    break;
  case 'initialize':
    await effect(initialize);
    break;
  case 'recovery-tool':
    await effect(recover);
    break;
  default:
    throw new Error(`no verb ${verb}`);
}

async function effect(act: () => void): Promise<void> {
  await hold('before');
  act();
  if (process.exitCode === undefined) {
    appendFileSync(join(dir, 'effects.log'), `${process.env.AURORA_OPERATION_ID ?? '?'} ${verb}\n`);
  }
  await hold('after');
}

async function hold(when: string): Promise<void> {
  const file = join(dir, `hold-${when}-${verb}`);
  if (!existsSync(file)) return;
  writeFileSync(join(dir, `reached-${when}-${verb}`), String(process.pid));
  while (existsSync(file)) await wait(10);
}

function runningPid(): number | null {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8'));
    process.kill(pid, 0);
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')) ? null : pid;
  } catch {
    return null;
  }
}

function signal(name: NodeJS.Signals): void {
  const pid = runningPid();
  if (pid !== null) process.kill(pid, name);
}

/** As recorded in test/fixtures/mesos-log: a fresh path, or a log that has a status already. */
function initialize(): void {
  const path = rest.find((argument) => argument.startsWith('--path='))?.slice('--path='.length) ?? '';
  if (process.env.LIBPROCESS_IP !== '127.0.0.1' || process.env.LIBPROCESS_PORT !== undefined) {
    process.stderr.write('the environment was not scrubbed\n');
    process.exitCode = 134;
    return;
  }
  // A table file is what a filled log has and a blank one has not.
  const filled = existsSync(path) && readdirSync(path).some((name) => name.endsWith('.ldb'));
  const said = `I20261122 13:52:27.784569 10944 replica.cpp:795] Replica recovered with log positions 0 -> ${filled ? '3 with 0' : '0 with 1'} holes and 0 unlearned\n`;
  if (existsSync(path) && readdirSync(path).includes('CURRENT')) {
    process.stderr.write(`${said}The log is not empty\n`);
    process.exitCode = 1;
    return;
  }
  mkdirSync(path, { recursive: true });
  for (const [name, bytes] of [
    ['000004.log', 40],
    ['CURRENT', 16],
    ['LOCK', 0],
    ['LOG', 463],
    ['MANIFEST-000002', 65],
  ] as const) {
    writeFileSync(join(path, name), Buffer.alloc(bytes));
  }
  process.stderr.write(said);
  if (existsSync(join(dir, 'lose-the-status-write'))) {
    process.stderr.write('E20261122 13:52:27.789876 10949 replica.cpp:320] Error writing to log: IO error\n');
    return;
  }
  process.stderr.write(
    'I20261122 13:52:27.789876 10949 replica.cpp:322] Persisted replica status to VOTING\n',
  );
}

/** As recorded in test/fixtures/restore-recovery-tool: filled, or dead with a part of the backup in the log. */
function recover(): void {
  const flagValue = (flag: string): string =>
    rest.find((argument) => argument.startsWith(`${flag}=`))?.slice(flag.length + 1) ?? '';
  writeFileSync(join(dir, 'tool-arguments.json'), JSON.stringify(rest));
  writeFileSync(join(flagValue('-native_log_file_path'), '000011.ldb'), 'filled');
  if (existsSync(join(dir, 'tool-dies'))) {
    process.stderr.write(
      `Exception in thread "main" java.lang.RuntimeException: Persistence$PersistenceException: Timeout performing log append with ${flagValue('-zk_digest_credentials')}\n`,
    );
    process.exitCode = 1;
    return;
  }
  process.stderr.write(
    'I1123 16:36:45.625 [main, Recovery] Recovery finished \nI1123 16:36:45.625 [main, Recovery] Copied 7 ops in 38 ms \n',
  );
}
