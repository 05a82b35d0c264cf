/** `aurora-chatops restore`: what it shows, asks for and prints, and how it ends. The bot's side is in terminal.test.ts. */
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { Command } from 'commander';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { canonicalJson } from '../../src/aurora/canonical-json.ts';
import { registerRestore } from '../../src/cli/restore.ts';
import { describeRestore, statementNow } from '../../src/cli/restore-status.ts';
import { parseStatement } from '../../src/cli/sign.ts';
import type { RestoreEvent } from '../../src/restore/record/events.ts';
import {
  ana,
  bo,
  cy,
  proposed,
  signed,
  startedAt,
  stateOf,
  untilCommitGate,
  untilLook,
  untilSigned,
  untilStopGate,
} from '../restore/support/story.ts';
import { statementWith } from '../signing/statements.ts';
import { openTerminal, type Terminal } from './support/terminal.ts';

const opened: Terminal[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  await Promise.all(opened.splice(0).map((terminal) => terminal.close()));
});

/** Opens a bot whose gates are open now: the command goes by this machine's clock. */
async function open(events: readonly RestoreEvent[], options: { whenSlackIsDown?: 'roster' } = {}) {
  const now = Date.now();
  const lively = events.map(
    (event): RestoreEvent =>
      event.type === 'gate-opened' ? { ...event, expiresAt: now + 3_600_000 } : event,
  );
  const terminal = await openTerminal(lively, options);
  terminal.clock.at = now;
  opened.push(terminal);
  return terminal;
}

async function run(terminal: Terminal, args: readonly string[]) {
  const seen = { out: '', said: '' };
  const keep = (name: keyof typeof seen) => (chunk: string | Uint8Array) => {
    seen[name] += String(chunk);
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(keep('out'));
  vi.spyOn(process.stderr, 'write').mockImplementation(keep('said'));
  const program = new Command().exitOverride();
  registerRestore(program);
  try {
    const config = ['--config', path.join(terminal.directory, 'bot.yaml')];
    await program.parseAsync(['node', 'aurora-chatops', 'restore', ...args, ...config]);
  } finally {
    vi.restoreAllMocks();
  }
  return { ...seen, status: process.exitCode ?? 0 };
}

const requiring = (): readonly RestoreEvent[] => {
  const now = Date.now();
  const digest = 'd1'.repeat(32);
  const statement = statementWith({
    intent: 'stop',
    digest,
    staged: null,
    issuedAt: now,
    expiresAt: now + 3_600_000,
  });
  return untilStopGate({ policy: { signatures: 'require' } }).map((event) =>
    event.type === 'gate-opened' ? { ...event, digest, statement } : event,
  );
};

describe('aurora-chatops restore', () => {
  it('signs with one command, without Slack, what hosts verify', async () => {
    const terminal = await open(requiring(), { whenSlackIsDown: 'roster' });
    terminal.people.down = true;

    const { out, said } = await run(terminal, [
      'sign',
      'R1',
      '--key',
      terminal.keyOf(bo),
      '--cluster',
      'east',
    ]);

    expect(out).toBe(
      'Done, as bo with the key laptop. The record says so; the thread will as soon as Slack answers.\n',
    );
    expect(said).toContain('STOP the schedulers of east (R1, procedure staged');
    expect(said).toContain('--agent URL asks the hosts');
    expect((await terminal.events()).at(-1)).toMatchObject({
      type: 'signed-off',
      person: { ...bo, terminalKey: 'laptop' },
      proof: { format: 'ssh', key: 'laptop' },
    });
  });

  it('signs nothing while a host that was named does not answer, or the cluster is another one', async () => {
    const terminal = await open(requiring());
    const sign = ['sign', 'R1', '--key', terminal.keyOf(bo)];

    await expect(run(terminal, [...sign, '--cluster', 'west'])).rejects.toThrow('"west" is not east.');
    await expect(
      run(terminal, [...sign, '--cluster', 'east', '--agent', 'http://127.0.0.1:1']),
    ).rejects.toThrow('does not answer');

    expect((await terminal.events()).at(-1)).toMatchObject({ type: 'gate-opened' });
  });

  it('aborts by whoever is in the roster', async () => {
    const terminal = await open(untilStopGate());
    terminal.people.down = true;

    await run(terminal, ['abort', 'R1', '--reason', 'wrong cluster', '--key', terminal.keyOf(cy)]);

    expect((await terminal.state()).ended).toMatchObject({ outcome: 'undone' });
  });

  it('says what was refused, and what to do in a terminal', async () => {
    const terminal = await open(untilCommitGate());

    await expect(
      run(terminal, ['commit', 'R1', '--cluster', 'east', '--key', terminal.keyOf(bo)]),
    ).rejects.toMatchObject({
      code: 'sign-offs-missing',
      hint: 'Nothing was decided. `aurora-chatops restore status R1` says who can do what now.',
    });
  });

  it('signs nothing for a bot that asks for something else', async () => {
    const terminal = await open(untilStopGate());
    const file = path.join(terminal.stateDirectory, 'bot.sock');
    fs.rmSync(file);
    const order = {
      version: 1,
      decision: 'commit',
      cluster: 'east',
      restore: 'R1',
      journal: 'a',
      gate: 'commit',
      digest: 'c1',
      reason: 'x',
      nonce: '0'.repeat(64),
      issuedAt: 1,
    };
    const liar = net.createServer((socket) => {
      socket.resume().write(`${canonicalJson({ ok: true, order, statement: null })}\n`);
    });
    await new Promise<void>((resolve) => liar.listen(file, resolve));

    const abort = run(terminal, ['abort', 'R1', '--reason', 'x', '--key', terminal.keyOf(bo)]);

    await expect(abort).rejects.toMatchObject({ code: 'other-order' });
    await new Promise((resolve) => liar.close(resolve));
  });

  it('ends with 3 when the bot does not run, and says how it is started', async () => {
    const terminal = await open(untilStopGate());
    fs.rmSync(path.join(terminal.stateDirectory, 'bot.sock'));

    const { said, status } = await run(terminal, [
      'abort',
      'R1',
      '--reason',
      'x',
      '--key',
      terminal.keyOf(bo),
    ]);

    expect(status).toBe(3);
    expect(said).toContain('The bot does not run');
    expect(said).toContain('aurora-chatops bot --config');
  });

  it('ends with 4 when the bot goes away before it answers', async () => {
    const terminal = await open(untilStopGate());
    terminal.people.whileAsking = async () => {
      terminal.people.whileAsking = () => new Promise(() => undefined);
      await terminal.hangUp();
    };

    const { said, status } = await run(terminal, [
      'abort',
      'R1',
      '--reason',
      'x',
      '--key',
      terminal.keyOf(bo),
    ]);

    expect(status).toBe(4);
    expect(said).toContain('`aurora-chatops restore status` says which');
  });
});

describe('aurora-chatops restore status', () => {
  it('reads beside the bot or without one, and writes the statement as `sign` takes it', async () => {
    const terminal = await open(requiring());
    const file = path.join(terminal.directory, 'R1-stop.txt');

    const { out } = await run(terminal, ['status', 'R1', '--statement', file]);
    fs.rmSync(path.join(terminal.stateDirectory, 'bot.sock'));
    const dead = await run(terminal, ['status']);

    expect(out).toContain('The bot runs.\n');
    expect(out).toContain('can sign here: T1:UANA, T1:UBO, T1:UCY');
    expect(parseStatement(fs.readFileSync(file, 'utf8'))).toMatchObject({ intent: 'stop', restore: 'R1' });
    expect(dead.out).toContain('The bot does not run');
    expect(dead.out).toContain('aurora-chatops statement v1\n{');
    await expect(run(terminal, ['status', 'R7'])).rejects.toMatchObject({ code: 'unknown-restore' });
  });

  const minutes = (count: number): number => startedAt + count * 60_000;
  const lines = (events: readonly RestoreEvent[], now = startedAt): string =>
    describeRestore(stateOf(events), { now, signers: [ana.id, bo.id] }).join('\n');

  it.each<[string, readonly RestoreEvent[], readonly string[]]>([
    [
      'the stop',
      untilStopGate(),
      [
        'now: Approval to stop',
        'signed: nobody yet (1 needed)',
        'waits for: 1 more to sign, until 2001-09-09T02:16:40.000Z',
        'can sign here: T1:UANA, T1:UBO; and members of approver groups while Slack answers',
        'otherwise: it ends, and no host was touched',
        'aurora-chatops restore sign R1',
        'aurora-chatops restore abort R1',
      ],
    ],
    [
      'one of two sign-offs',
      [...untilCommitGate(), signed('commit', { ...bo, terminalKey: 'laptop' }, 'c1')],
      [
        'signed: bo (in a terminal, with the key laptop) (2 needed)',
        'waits for: 1 more to sign',
        'the hosts stay isolated',
      ],
    ],
    [
      'the order to commit',
      untilSigned(),
      [
        'signed: bo, cy (2 needed)',
        'to commit, until 2001-09-09T02:01:40.000Z',
        'aurora-chatops restore commit R1',
      ],
    ],
    [
      'the second look',
      untilLook(),
      [
        'waits for: bo or cy, who signed the commit, to let it reconcile, until 2001-09-09T02:16:40.000Z',
        'without Slack it waits',
        'aurora-chatops restore release R1',
        'aurora-chatops restore go-back R1',
      ],
    ],
    [
      'the second look of people',
      untilLook({ policy: { release: 'people' } }),
      ['otherwise: nothing happens, it waits for people'],
    ],
    [
      'somebody to resume it',
      [...untilStopGate(), { type: 'pause-ordered', person: bo, reason: 'lunch\nSTUCK' }],
      ['PAUSED by bo: lunch STUCK', 'waits for: a person'],
    ],
    [
      'nobody any more',
      [proposed(), { type: 'restore-ended', outcome: 'expired', message: 'Nobody approved.' }],
      ['ended 2001-09-09T01:46:40.000Z, expired: Nobody approved.'],
    ],
  ])('says that it waits for %s', (_what, events, expected) => {
    const text = lines(events);
    for (const words of expected) expect(text).toContain(words);
  });

  it('says when the time of a gate is over and the bot has not written that', () => {
    expect(lines(untilStopGate(), minutes(31))).toContain('its time is over');
    expect(statementNow(stateOf(untilStopGate()), minutes(31))).toBeNull();
  });

  it('has the statement of the second look, and none where nobody is asked for one', () => {
    const look = stateOf(untilLook({ policy: { signatures: 'require' } }));
    expect(statementNow(look, minutes(1))).toMatchObject({ intent: 'release' });
    expect(statementNow(stateOf(untilLook()), minutes(1))).toBeNull();
  });
});

it('a bot that is started while Slack cannot be reached decides in a terminal', async () => {
  const terminal = await open(untilStopGate(), { whenSlackIsDown: 'roster' });
  await terminal.hangUp();
  await terminal.store.close();
  const bot = spawn(
    process.execPath,
    ['src/cli/main.ts', 'bot', '--config', path.join(terminal.directory, 'bot.yaml')],
    {
      env: {
        ...process.env,
        SLACK_BOT_TOKEN: 'xoxb-1',
        SLACK_APP_TOKEN: 'xapp-1',
        SLACK_API_URL: 'http://127.0.0.1:1/api/',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const ended = new Promise((resolve) => bot.once('close', resolve));
  try {
    let log = '';
    for await (const chunk of bot.stdout.iterator({ destroyOnReturn: false })) {
      log += String(chunk);
      if (log.includes('Slack cannot be reached')) break;
    }
    bot.stdout.resume();

    const { out } = await run(terminal, ['sign', 'R1', '--cluster', 'east', '--key', terminal.keyOf(bo)]);
    const { out: status } = await run(terminal, ['status', 'R1']);

    expect(out).toContain('Done, as bo with the key laptop.');
    expect(status).toContain('The bot runs.');
    expect(status).toContain('R1 of east');
  } finally {
    bot.kill('SIGKILL');
    await ended;
  }
});

it('its help says who runs it, and how it ends', () => {
  const help = (...args: string[]): string =>
    spawnSync(process.execPath, ['src/cli/main.ts', 'restore', ...args, '--help'], { encoding: 'utf8' })
      .stdout;
  expect(help()).toContain('The bot has to run');
  expect(help('sign')).toContain('3 when the bot does not run');
});
