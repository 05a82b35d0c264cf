/**
 * A restore through three hosts made of namespaces, each with an address, a systemd, nftables and an agent behind TLS: as
 * the command plays it, with a host off the network, and with a host that loses its power. Root only.
 */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { SignedStatement, Statement } from '../../src/aurora/statement.ts';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { SlackHand } from '../../src/drill/auto/hand.ts';
import { inspectEnd } from '../../src/drill/auto/play.ts';
import { playStory, type StoryName } from '../../src/drill/auto/stories.ts';
import { parseFaultOrder } from '../../src/drill/faults/parse-order.ts';
import { playFaults } from '../../src/drill/faults/player.ts';
import type { RunningHost } from '../../src/drill/hosts/drill-hosts.ts';
import { directoriesOf, onHost, schedulerUnit } from '../../src/drill/namespaces/host-places.ts';
import { removeLeftovers } from '../../src/drill/namespaces/leftovers.ts';
import { createSignForm, type ShownForm } from '../../src/drill/signing/sign-form.ts';
import { cast } from '../../src/drill/world/cast.ts';
import { takeSnapshot } from '../../src/drill/world/snapshot.ts';
import type { DrillWorld } from '../../src/drill/world/world.ts';
import type { RestoreEvent } from '../../src/restore/record/events.ts';
import { followJournal, readJournal, withDrill } from './support/drill.ts';
import { startCommand, until } from './support/drill-command.ts';
import { leftoversOf, nothing } from './support/namespace-leftovers.ts';
import { commitOn, signAs } from './support/owner-of-the-bot.ts';

const isRoot = process.getuid?.() === 0;
if (!isRoot) console.warn('Skipped: hosts made of namespaces need root. Run the tests as root, on Debian.');

const counts = { killed: 3, rescheduled: 4, kept: 5 };

/** Plays a story while something happens to a host; `onEvent` hears of each event of the restore's journal. */
async function play(
  story: StoryName,
  with_: {
    faults?: readonly string[];
    onEvent?: (world: DrillWorld, event: RestoreEvent) => void;
    /** Everybody waits meanwhile. */
    beforeForm?: (world: DrillWorld, form: ShownForm) => Promise<void>;
  },
) {
  return await withDrill(
    async (world) => {
      const orders = (with_.faults ?? []).map(parseFaultOrder);
      const faults = playFaults(world, { orders, clock: systemClock, say: () => undefined });
      const follower = followJournal(world, (event) => with_.onEvent?.(world, event));
      try {
        const before = await takeSnapshot(world);
        const sign = createSignForm(world.keys);
        const hand = new SlackHand({
          url: world.slack.url,
          limitMs: 120_000,
          signForm: async (form) => {
            await with_.beforeForm?.(world, form);
            return await sign(form);
          },
        });
        await playStory(story, hand);
        const played = await inspectEnd(world, { story, before });
        await faults.settle();
        const effects = await Promise.all(world.hosts.map(wordsOf));
        return { ...played, effects, faults: faults.reports(), journal: readJournal(world) };
      } finally {
        follower.stop();
        await faults.stop();
      }
    },
    { hosts: 'namespaces', signing: 'keys' },
  );
}

/** What was done to a host, in order, but for calls to its scheduler. */
async function wordsOf(host: RunningHost): Promise<string[]> {
  const service = ['start', 'stop', 'restarted', 'started-by-boot', 'block', 'blocked-again', 'unblock'];
  return (await host.readEffects())
    .filter(({ effect }) => service.includes(effect))
    .map(({ effect, detail }) => [effect, detail].filter(Boolean).join(' '));
}

const PlayedByCommand = z.looseObject({
  steps: z.array(z.object({ name: z.string(), hosts: z.array(z.string()), ms: z.number() })),
});

const allCounted = { repeated: 0, lost: 0 };
/** By the agents: one person for the stop, two for the commit. */
const proven = [
  { name: 'stop', proofs: 1 },
  { name: 'commit', proofs: 2 },
];

describe.skipIf(!isRoot)('hosts made of namespaces', { timeout: 240_000 }, () => {
  it('restore off-line by the command with one of them off the network for longer than a session, and leave nothing behind', async () => {
    const what = [
      '--procedure',
      'recovery-tool',
      '--signing',
      'keys',
      '--fault',
      'host-cut-off@set-aside-log',
    ];
    const drill = startCommand('--auto', '--json', ...what);

    const [code] = await drill.ended;

    const result = PlayedByCommand.parse(JSON.parse(drill.said().trimEnd().split('\n').at(-1) ?? ''));
    expect(drill.complaints()).toBe('');
    expect(code).toBe(0);
    expect(result).toMatchObject({
      outcome: 'completed',
      signing: 'keys',
      gates: proven,
      predicted: counts,
      observed: counts,
      operations: allCounted,
      faults: [{ state: 'over' }],
    });
    expect(result).not.toHaveProperty('operations.uncounted');
    expect(result.steps.find(({ name }) => name === 'set-aside-log')?.ms).toBeGreaterThan(4_000);
    expect(leftoversOf(drill.pid)).toEqual(nothing);
  });

  it('restore with one that loses its power in an operation, and another that loses it while held down', async () => {
    const accepted: Promise<unknown>[] = [];
    const { result, problems, effects, faults, journal } = await play('restore', {
      faults: ['host-power-lost@set-aside-log'],
      onEvent: (world, event) => {
        if (accepted.length > 0 || event.type !== 'operation-requested' || event.kind !== 'stop-scheduler')
          return;
        accepted.push(cutPowerInStop(hostOf(world, 'aurora-3')).catch((error: unknown) => error));
      },
    });

    expect(problems).toEqual([]);
    expect(faults).toMatchObject([{ state: 'over', said: 'aurora-1 lost its power and was booted again.' }]);
    expect(result).toMatchObject({
      outcome: 'completed',
      gates: proven,
      observed: counts,
      operations: allCounted,
    });
    expect(journal.flatMap((event) => (event.type === 'signed-off' ? [event.proof?.format] : []))).toEqual([
      'passkey',
      'passkey',
      'ssh',
    ]);
    expect(await Promise.all(accepted)).toEqual([
      { kind: 'stop-scheduler', events: ['accepted', 'started'] },
    ]);
    // What was blocked is blocked again by the boot, and what was held down stays down.
    expect(effects[0]?.slice(0, 5)).toEqual(['start', 'stop', 'block', 'blocked-again', 'start']);
    expect(effects[1]?.slice(0, 4)).toEqual(['start', 'stop', 'block', 'start']);
    expect(effects[2]?.[1]).toMatch(/^stop/);
    expect(effects[2]?.slice(2, 4)).toEqual(['block', 'start']);
    expect(effects.flat().filter((word) => word.includes('boot'))).toEqual([]);
  });

  it('abort: files, flags and tasks are as before; no agent talks to a stranger, or commits on signatures that make none', async () => {
    const strangers: Promise<string>[] = [];
    const tried: Record<string, string> = {};
    let statement: Statement | undefined;
    const { result, problems } = await play('abort', {
      onEvent: (world, event) => {
        if (event.type !== 'gate-opened' || event.gate !== 'commit') return;
        strangers.push(...world.hosts.map(askWithoutCertificate));
        statement = event.statement;
      },
      beforeForm: async (world, { user }) => {
        if (user === cast.dana && statement !== undefined)
          Object.assign(tried, await commitAgainstPeople(world, statement));
      },
    });

    expect(problems).toEqual([]);
    expect(result).toMatchObject({
      outcome: 'undone',
      undone: { files: true, tasks: true, flags: true },
      operations: allCounted,
    });
    expect(await Promise.all(strangers)).toEqual(
      Array.from({ length: 3 }, () => 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'),
    );
    expect(tried).toEqual({
      'nobody signed': 'proofs',
      'one is missing': 'proofs',
      'two keys of one person': 'proofs',
      'of another restore': 'statement',
      'of yesterday': 'statement',
      'of somebody removed': 'proofs',
    });
  });

  it('end with Ctrl-C, and with a drill that is killed', async () => {
    const interrupted = startCommand();
    await interrupted.untilSaid('Ctrl-C ends the drill.');
    process.kill(-interrupted.pid, 'SIGINT');
    await interrupted.ended;
    const afterCtrlC = leftoversOf(interrupted.pid);

    const killed = startCommand();
    await killed.untilSaid('Ctrl-C ends the drill.');
    const bot = readFileSync(join(killed.directory, 'bot.pid'), 'utf8').trim();
    const before = leftoversOf(killed.pid);
    process.kill(killed.pid, 'SIGKILL');
    await killed.ended;
    await until(() => {
      const { emptyDirectories: _, ...left } = leftoversOf(killed.pid);
      return Object.values(left).every((found) => found.length === 0) && !existsSync(`/proc/${bot}`);
    });
    removeLeftovers();
    const afterKill = leftoversOf(killed.pid);

    expect(afterCtrlC).toEqual(nothing);
    expect(before.processes.length).toBeGreaterThan(10);
    expect(before.mounts.length).toBeGreaterThan(0);
    expect(before.interfaces).toHaveLength(1);
    expect(afterKill).toEqual(nothing);
  });
});

/** With the bot's own grant key and certificate; by what was tried, the rule that refused it. */
async function commitAgainstPeople(world: DrillWorld, statement: Statement): Promise<Record<string, string>> {
  const [host] = world.hosts;
  if (host === undefined) throw new Error('there is no host');
  const bo = { user: cast.bo, with: 'passkey' } as const;
  const cy = { user: cast.cy, with: 'ssh' } as const;
  const signed = (changes: Partial<Statement>, ...people: readonly Parameters<typeof signAs>[2][]) => {
    const other = { ...statement, ...changes };
    return [{ statement: other, proofs: people.map((by) => signAs(world, other, by)) }];
  };
  const commit = (statements: readonly SignedStatement[]) =>
    commitOn(world, { host: host.name, digest: statement.digest, statements });
  const dayMs = 24 * 3_600_000;
  const yesterday = { issuedAt: statement.issuedAt - 2 * dayMs, expiresAt: statement.issuedAt - dayMs };
  const tried = {
    'nobody signed': await commit([]),
    'one is missing': await commit(signed({}, bo)),
    'two keys of one person': await commit(signed({}, cy, { ...cy, with: 'passkey' })),
    'of another restore': await commit(signed({ restore: 'R2' }, bo, cy)),
    'of yesterday': await commit(signed(yesterday, bo, cy)),
  };
  const roster = join(directoriesOf(host)[onHost.agentConfig], 'people.yaml');
  const yaml = readFileSync(roster, 'utf8');
  writeFileSync(roster, yaml.replace(/ {2}- id: T0DRILL:U0CY\n(?: {4}.*\n)+/, ''));
  const removed = await commit(signed({}, bo, cy));
  writeFileSync(roster, yaml);
  return { ...tried, 'of somebody removed': removed };
}

function hostOf(world: DrillWorld, name: string): RunningHost {
  const host = world.hosts.find((candidate) => candidate.name === name);
  if (host === undefined) throw new Error(`there is no ${name}`);
  return host;
}

/** As soon as the agent has begun to act; answers what its journal says about it while the host is off. */
async function cutPowerInStop(host: RunningHost): Promise<unknown> {
  const { machine } = host;
  if (machine === null) throw new Error(`${host.name} has no machine of its own`);
  const hold = `${onHost.units}/${schedulerUnit}.d/50-aurora-chatops-hold.conf`;
  await until(() => existsSync(machine.file(hold)));
  await machine.cutPower();
  try {
    return lastOperation(host);
  } finally {
    await machine.boot();
  }
}

/** From a copy: opening a journal with a write-ahead log changes it. */
function lastOperation(host: RunningHost): unknown {
  const copy = mkdtempSync(join(tmpdir(), 'aurora-journal-'));
  cpSync(directoriesOf(host)[onHost.agentState], copy, { recursive: true });
  const database = new DatabaseSync(join(copy, 'operations.sqlite'));
  const rows = database.prepare('select operation_id, event from operation_event order by seq').all();
  database.close();
  rmSync(copy, { recursive: true });
  const id = String(rows.at(-1)?.['operation_id']);
  const events = rows.filter((row) => row['operation_id'] === id).map((row) => row['event']);
  return { kind: id.split('.').at(-2), events };
}

/** The code of the error with which an agent ends a connection that shows no certificate. */
function askWithoutCertificate({ address }: RunningHost): Promise<string> {
  return new Promise((resolve) => {
    const options = {
      host: address.ip,
      port: address.agentPort,
      path: '/v1/status',
      rejectUnauthorized: false,
    };
    const asked = request(options, (response) => resolve(`answered ${response.statusCode}`));
    asked.once('error', (error) => resolve('code' in error ? String(error.code) : error.message));
    asked.end();
  });
}
