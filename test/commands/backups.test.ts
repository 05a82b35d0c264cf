/** `/aurora backups` tells what is known at once, and completes itself: in place where Slack allows it, once below where not. */
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { backups } from '../../commands/backups.ts';
import type { CommandDeps } from '../../commands/deps.ts';
import type { BackupFile, UnreadBackup } from '../../src/aurora/backups.ts';
import type { HostAgent } from '../../src/aurora/hosts.ts';
import { checkBlocks } from '../../src/local-slack/block-kit-rules.ts';
import type { ClusterAccess } from '../../src/restore/ports.ts';
import type { Message } from '../../src/slack/blocks.ts';
import type { Conversation } from '../../src/slack/conversation.ts';
import { FakeClock } from '../restore/support/fake-clock.ts';
import { eastAccess } from '../slack/support/cluster.ts';
import { fleetOf } from '../slack/support/fleet.ts';

const golden = join(import.meta.dirname, '../slack/golden/backups.txt');

/** Hosts that answer at once, and read on when they are told to. */
interface Host {
  readonly agent: HostAgent;
  readonly files: readonly BackupFile[];
  /** How many of them are read. */
  read: number;
  frozen: boolean;
  lists: number;
  /** Holds the tasks of its backups. */
  tasks: Promise<void>;
}

let clock: FakeClock;
let hosts: Host[];
let access: ClusterAccess;
beforeEach(async () => {
  const east = await eastAccess();
  clock = new FakeClock(Date.parse('2026-11-23T16:44:00Z'));
  hosts = await Promise.all(east.agents.map(hostOf));
  access = { ...east, agents: hosts.map(({ agent }) => agent) };
});

async function hostOf(agent: HostAgent): Promise<Host> {
  const { files } = await agent.listKnownBackups();
  const rows = new Map(
    await Promise.all(
      files.map(async ({ name, report }) => {
        const tasks = report.verdict === 'ok' ? await Array.fromAsync(agent.readBackupTasks(name)) : [];
        return [name, tasks] as const;
      }),
    ),
  );
  const host: Host = {
    files,
    read: files.length,
    frozen: false,
    lists: 0,
    tasks: Promise.resolve(),
    agent: {
      ...agent,
      readStatus: () => (host.frozen ? new Promise(() => undefined) : agent.readStatus()),
      listKnownBackups: () => {
        host.lists += 1;
        if (host.frozen) return new Promise(() => undefined);
        const reading = host.files
          .slice(host.read)
          .map(({ name, bytes, mtimeMs }): UnreadBackup => ({ name, bytes, mtimeMs, reading: true }));
        return Promise.resolve({ files: host.files.slice(0, host.read), reading });
      },
      readBackupTasks: async function* (name) {
        await host.tasks;
        yield* rows.get(name) ?? [];
      },
    },
  };
  return host;
}

function depsOf(): Pick<CommandDeps, 'clusters' | 'clock' | 'fleet' | 'losses' | 'craft'> {
  const clusters = new Map([['east', access]]);
  return { clusters, clock, ...fleetOf(clusters, clock) };
}

interface Said {
  readonly way: 'told' | 'in its place';
  readonly message: Message;
}

/** Ana types the command, or presses a button of the answer to it. */
function ask(
  deps: ReturnType<typeof depsOf>,
  { pressed = false, all = false }: { pressed?: boolean; all?: boolean } = {},
) {
  const said: Said[] = [];
  const say =
    (way: Said['way']) =>
    (message: Message): Promise<void> => {
      said.push({ way, message });
      return Promise.resolve();
    };
  const conversation: Conversation = {
    userId: 'U0ANA',
    channel: 'C0OPS',
    threadTs: null,
    tell: say('told'),
    share: say('told'),
    ...(pressed && { replace: say('in its place') }),
  };
  const flags = new Set(all ? ['all'] : []);
  const done = backups(deps as CommandDeps, { conversation, cluster: 'east', flags });
  return { said, done };
}

/** Time goes on as far as it must until this is so: whoever sleeps wakes when nobody else has anything to do. */
async function until(isSo: () => boolean, limitMs = 300_000): Promise<void> {
  for (let passed = 0; !isSo(); passed += 100) {
    if (passed > limitMs) throw new Error('it never came');
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    clock.pass(100);
    while (clock.advance(clock.now()));
  }
}
async function toTheEnd(asked: ReturnType<typeof ask>): Promise<readonly Said[]> {
  let ended = false;
  const end = (): void => {
    ended = true;
  };
  void asked.done.then(end, end);
  await until(() => ended);
  await asked.done;
  return asked.said;
}
const textsOf = (said: readonly Said[]): string =>
  said.map(({ way, message }) => `(${way})\n${wordsOf(message).join('\n')}\n`).join('\n');
/** Everything that is read of a message, buttons in brackets. */
function wordsOf({ blocks }: Message): string[] {
  return blocks.map((block) => {
    if (block.type === 'context')
      return `    ${block.elements.map((one) => ('text' in one ? one.text : '')).join(' ')}`;
    if (block.type === 'actions')
      return block.elements.map((one) => (one.type === 'button' ? `[${one.text.text}]` : '')).join(' ');
    return block.type === 'section' ? (block.text?.text ?? '') : '';
  });
}
const lastOf = (said: readonly Said[]): string => textsOf(said.slice(-1));

describe('/aurora backups', () => {
  it('is one answer when everything is known', async () => {
    const said = await toTheEnd(ask(depsOf()));

    expect(said).toHaveLength(1);
    expect(said[0]?.message.text).toContain('if restored now: 3 killed, 4 started again');
    expect(textsOf(said)).not.toContain('more to come');
  });

  it('tells at once what is known, and the rest below, once', async () => {
    const [, second] = hosts;
    if (second === undefined) throw new Error('east has three hosts');
    second.read = 0;
    const asked = ask(depsOf());
    await until(() => asked.said.length === 1);
    second.read = 1;
    await until(() => second.lists > 2);
    second.read = 2;

    const said = await toTheEnd(asked);

    expect(said.map(({ way }) => way)).toEqual(['told', 'told']);
    expect(said[0]?.message.text).toContain('Still reading 2 of 2 on aurora-2.');
    expect(textsOf(said.slice(0, 1))).toContain('More is coming in another answer');
    expect(lastOf(said)).not.toMatch(/Still reading|more to come/);
  });

  it('edits a pressed answer as it completes, five times at most', async () => {
    const [first, second] = hosts;
    if (first === undefined || second === undefined) throw new Error('east has three hosts');
    [first.read, second.read] = [0, 0];
    const asked = ask(depsOf(), { pressed: true, all: true });
    await until(() => asked.said.length === 1);
    second.read = 1;
    await until(() => asked.said.length === 2);
    [first.read, second.read] = [1, 2];

    const said = await toTheEnd(asked);

    expect(said.map(({ way }) => way)).toEqual(['in its place', 'in its place', 'in its place']);
    for (const { message } of said) expect(checkBlocks(message.blocks)).toMatchObject({ ok: true });
    await expect(textsOf(said)).toMatchFileSnapshot(golden);
  });

  it('gives up completing itself after a bound, and offers to look again', async () => {
    const [first] = hosts;
    if (first === undefined) throw new Error('east has three hosts');
    first.read = 0;

    const pressed = await toTheEnd(ask(depsOf(), { pressed: true }));
    const typed = await toTheEnd(ask(depsOf()));

    expect(pressed.length).toBeLessThanOrEqual(5);
    for (const said of [pressed, typed]) {
      expect(lastOf(said)).toContain('Still reading 1 of 1 on aurora-1.');
      expect(lastOf(said)).not.toContain('more to come');
      expect(lastOf(said)).toContain('[Look again]');
    }
    expect(typed).toHaveLength(2);
  });

  it('dates what a host said that says nothing now, and does not say it twice', async () => {
    const deps = depsOf();
    await toTheEnd(ask(deps));
    for (const host of hosts.slice(1)) host.frozen = true;
    clock.pass(3 * 3_600_000);

    const said = await toTheEnd(ask(deps));

    expect(said[0]?.message.text).toMatch(
      /aurora-2 \(as of .*2026-11-23 16:44.*\), aurora-3 \(as of .*16:44.*\) · 9 tasks, 3 jobs/,
    );
    expect(said[0]?.message.text).not.toContain('recommended');
    expect(said[0]?.message.text).toContain('The agent on aurora-3 did not answer in time.');
  });

  it('asks each host once for two people, and works out the losses once for both', async () => {
    let liveLists = 0;
    access = {
      ...access,
      mesos: {
        ...access.mesos,
        listLiveTasks: (frameworkId, consume) => {
          liveLists += 1;
          return eastAccess().then(({ mesos }) => mesos.listLiveTasks(frameworkId, consume));
        },
      },
    };
    const deps = depsOf();
    const both = [ask(deps), ask(deps)] as const;

    const [ana, bo] = await Promise.all([toTheEnd(both[0]), toTheEnd(both[1])]);

    expect(textsOf(ana)).toBe(textsOf(bo));
    expect(hosts.map(({ lists }) => lists)).toEqual([1, 1, 1]);
    expect(liveLists).toBe(1);
  });

  it('tells what our own mistake keeps it from, and is not left in silence', async () => {
    const deps = depsOf();
    const losses = {
      begin: () => ({ known: () => new Map(), done: Promise.reject(new TypeError('our own mistake')) }),
    };
    const asked = ask({ ...deps, losses });

    await expect(toTheEnd(asked)).rejects.toThrow('our own mistake');
  });
});
