/** Whatever is killed, and wherever it was: nothing of a proof is left, as seen from outside. Needs root. */
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { clearLeftovers } from '../../../src/agent/prove/run-job.ts';
import { unshareIsolation } from '../../../src/agent/prove/unshare-isolation.ts';
import { systemClock } from '../../../src/aurora/system-clock.ts';
import { fixturePath } from '../../backups/fixtures.ts';
import { createProvingHost, type ProvingHost } from './support/proving-host.ts';

/** A program that stays where a proof came to it; nobody else on this machine sleeps that long. */
const stays = 'sleep\x00715517';
const staying = ['/bin/sh', '-c', 'exec sleep 715517', 'sh'];
const scheduler = 'alone.ts\0scheduler';

interface Point {
  readonly prove: Record<string, unknown>;
  /** Runs then; `nth`, when it is not the first one that is meant. */
  readonly program: string;
  readonly nth?: number;
}

const points = {
  'while the log is made': { prove: { initializeLog: { argv: [...staying, '{path}'] } }, program: stays },
  'before anything is staged': { prove: { scheduler: { argv: [...staying, '{flags}'] } }, program: stays },
  'while the recovery tool runs': {
    prove: { way: 'recovery-tool', recoveryTool: { argv: [...staying, '{backup}', '{flags}'] } },
    program: stays,
  },
  'while a scheduler lives on what was committed': {
    prove: { aliveSeconds: 600 },
    program: scheduler,
    nth: 2,
  },
} as const satisfies Record<string, Point>;

const victims = {
  'the agent': 'agent\0prove\0--json',
  'who holds the namespaces': '/usr/bin/unshare\0--net',
  'the helper inside': 'agent\0prove-inside',
} as const;

let host: ProvingHost;
/** The pid namespace of this proof, once there is one: other files prove at the same time. Held open, so that none of theirs gets its number. */
let place: { readonly link: string; readonly held: number } | null = null;
afterEach(() => {
  for (const pid of ours('')) process.kill(pid, 'SIGKILL');
  host.dispose();
  if (place !== null) closeSync(place.held);
  place = null;
});

test.each<[keyof typeof points, keyof typeof victims]>([
  ['while the log is made', 'the agent'],
  ['while the log is made', 'who holds the namespaces'],
  ['while the log is made', 'the helper inside'],
  ['before anything is staged', 'the agent'],
  ['while the recovery tool runs', 'the agent'],
  ['while a scheduler lives on what was committed', 'the agent'],
  ['while a scheduler lives on what was committed', 'the helper inside'],
])(
  '%s, %s is killed',
  async (where, victim) => {
    const { prove, program, nth } = { nth: 1, ...points[where] };
    const { ended, before } = begin(prove);
    await come(program, nth);

    for (const pid of ours(victims[victim])) process.kill(pid, 'SIGKILL');
    await ended;
    await eventually(() => ours('').length === 0);

    // What a killed agent leaves in its own directory the next one takes away.
    await clearLeftovers(host.path('run'), unshareIsolation({ inside: [] }), null);
    expect(traces()).toEqual(before);
  },
  240_000,
);

test('a scheduler that the kernel kills says nothing of the backup', async () => {
  const { ended } = begin(points['while a scheduler lives on what was committed'].prove);
  await come(scheduler, 2);

  for (const pid of ours(scheduler)) process.kill(pid, 'SIGKILL');

  // Refuted would be 1.
  expect(await ended).toBe(3);
}, 240_000);

function begin(prove: Record<string, unknown>): { ended: Promise<number | null>; before: unknown } {
  host = createProvingHost({ prove: { seconds: 600, ...prove } });
  const name = host.addBackup(fixturePath('backups/real/scheduler-backup-2026-11-23-16-38'), 38);
  return { before: traces(), ended: host.start(name).ended };
}

/** Until that program runs for the nth time. */
async function come(program: string, nth: number): Promise<void> {
  const seen = new Set<number>();
  await eventually(() => {
    const now = ours(program);
    for (const pid of now) seen.add(pid);
    return seen.size >= nth && now.length > 0;
  });
}

/** The test's own time is the bound. */
async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await systemClock.sleep(100);
}

/** Pids of processes of this proof, by a part of their command line. */
function ours(part: string): number[] {
  const all = processes();
  const own = linkOf('self/ns/pid');
  // Who reads the pipe of this proof in a namespace of its own is the helper.
  const helper = all.find(
    ({ pid }) => linkOf(`${pid}/fd/0`).startsWith(host.dir) && linkOf(`${pid}/ns/pid`) !== own,
  );
  if (helper !== undefined && place === null) place = hold(`/proc/${helper.pid}/ns/pid`);
  return all.filter(({ pid, argv }) => argv.includes(part) && isOurs(pid, argv)).map(({ pid }) => pid);
}

function isOurs(pid: number, argv: string): boolean {
  return (
    argv.includes(host.dir) ||
    [0, 1, 2].some((fd) => linkOf(`${pid}/fd/${fd}`).startsWith(host.dir)) ||
    (place !== null && linkOf(`${pid}/ns/pid`) === place.link)
  );
}

function hold(path: string): { link: string; held: number } | null {
  try {
    const held = openSync(path, 'r');
    return { link: readlinkSync(`/proc/self/fd/${held}`), held };
  } catch {
    return null;
  }
}

/** Of /proc; empty when it is gone. */
function linkOf(path: string): string {
  try {
    return readlinkSync(`/proc/${path}`);
  } catch {
    return '';
  }
}

function processes(): { pid: number; argv: string }[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        return [{ pid: Number(entry), argv: readFileSync(`/proc/${entry}/cmdline`, 'utf8') }];
      } catch {
        return [];
      }
    });
}

/** Everything that a proof could leave on this machine. A network namespace ends with its last process, and so do its mounts. */
function traces(): unknown {
  return {
    processes: ours(''),
    mounts: mountPoints().filter((point) => mountedInside.includes(point) || point.startsWith(host.dir)),
    jobs: files(host.path('run')),
    scratch: readdirSync('/tmp').filter((entry) => /^(backups$|log-|world-(sch|mes|rec))/.test(entry)),
    storage: files(host.path('storage')),
  };
}

/** What prove-alone.sh mounts, besides what it hides; others of this machine mount elsewhere meanwhile. */
const mountedInside: readonly string[] = ['/proc', '/run', '/tmp', '/var/tmp', '/dev/shm'];

function mountPoints(): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .flatMap((line) => line.split(' ')[4] ?? []);
}

function files(path: string): string[] {
  try {
    return readdirSync(path, { recursive: true, encoding: 'utf8' }).sort();
  } catch {
    return [];
  }
}
