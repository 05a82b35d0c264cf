/** The form where a person's own signature is asked for, in front of the local Slack: what it shows is what a shell signs. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Statement } from '../../src/aurora/statement.ts';
import { parseRoster } from '../../src/signing/roster.ts';
import { rosterAt } from '../../src/signing/roster-file.ts';
import { control } from '../local-slack/world.ts';
import { statementWith } from '../signing/statements.ts';
import { type Bot, startBot } from './support/bot.ts';
import { until } from './support/slack-world.ts';
import { planned } from './support/whole-story.ts';

describe.each(['require', 'observe'] as const)('a sign-off where signatures are asked for: %s', (asked) => {
  let bot: Bot;
  let home: string;
  let statement: Statement;
  let people: readonly string[];

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'aurora-signer-'));
    await mkdir(join(home, '.ssh'), { mode: 0o700 });
    const key = join(home, '.ssh', 'id_ed25519');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'bo@laptop', '-f', key]);
    const publicKey = (await readFile(`${key}.pub`, 'utf8')).trim();
    people = [
      `{ id: "T0LOCAL:U0BO", name: Bo, keys: [{ name: laptop, type: ssh, publicKey: "${publicKey}" }] }`,
    ];
    bot = await startBot('socket', {
      asked,
      page: 'https://aurora.example',
      signatures: {
        readRoster: (now) =>
          Promise.resolve(rosterAt(parseRoster(`people: [${people.join(', ')}]`, 'people.yaml'), now)),
      },
    });
    await act('type', { user: 'U0ANA', channel: 'C0OPS', text: '/aurora restore' });
    await view('U0ANA', 'Show me the plan');
    await act('submit', { user: 'U0ANA', values: { reason: 'log corrupt', incident: 'INC-4411' } });
    const { store, clock } = bot.world;
    statement = statementWith({
      intent: 'stop',
      issuedAt: clock.now(),
      expiresAt: clock.now() + 12 * 3_600_000,
      flags: { a: "it's <b> & $HOME `c`" },
    });
    await until(async () => (await store.findPost('R1:card')) !== null, 'the card');
    for (const event of planned.slice(1)) {
      const opened = { expiresAt: clock.now() + 1_800_000, statement };
      await store.append({
        restoreId: 'R1',
        expectedSeq: (await store.read('R1')).length,
        at: clock.now(),
        events: [event.type === 'gate-opened' ? { ...event, ...opened } : event],
      });
    }
    await bot.outbox.flush('R1');
  });
  afterEach(async () => {
    await bot.app.stop();
    await bot.outbox.stop();
    await bot.world.close();
    await rm(home, { recursive: true });
  });

  const act = (path: string, body: Record<string, unknown>) => control(bot.world.slack, path, body);
  const view = async (user: string, has: string) =>
    await until(async () => {
      const shown = JSON.stringify((await control(bot.world.slack, `users/${user}/views`))['views']);
      return shown.includes(has) ? shown : null;
    }, `a modal with ${has}`);
  const press = async (user = 'U0BO') => {
    const ts = (await bot.world.store.findPost('R1:card'))?.ts ?? '';
    await act('press', { user, channel: 'C0OPS', ts, action_id: 'approve-stop' });
  };
  const openForm = async () => {
    await press();
    return await view('U0BO', 'BEGIN SSH SIGNATURE');
  };
  const submit = async (values: Record<string, string>) =>
    (await act('submit', { user: 'U0BO', values }))['result'] as Record<string, unknown>;
  const inThread = (text: string) =>
    until(async () => (await bot.world.threadTexts()).find((each) => each.includes(text)) ?? null, text);
  /** Runs what the form shows, as it stands there. */
  const typeIt = (form: string) => {
    const text = /"text":("With an ssh key(?:[^"\\]|\\.)*")/.exec(form)?.[1] ?? '""';
    const script = (JSON.parse(text) as string)
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&')
      .replace(/^.*?```|```$/gs, '');
    return execFileSync('sh', ['-c', script], {
      cwd: home,
      env: { ...process.env, HOME: home },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  };

  it('shows the facts, the page and the command; what the command prints is taken', async () => {
    const form = await openForm();

    expect(form).toContain('Stop the schedulers of east');
    expect(form).toContain('3 killed, 1 started again, 5 kept');
    expect(form).toMatch(/"url":"https:\/\/aurora\.example\/sign\/#[\w-]+\.[\w-]+"/);
    expect(form).toContain('aurora-chatops sign R1 --statement R1-stop.txt --agent http://10.0.3.11:8084');
    expect(await submit({ signature: typeIt(form), comment: 'go' })).toEqual({ kind: 'closed' });
    expect(await inThread('approved stopping')).toContain('signed with laptop');
    expect((await bot.service.read('R1'))?.gates.stop?.signOffs).toMatchObject([
      { proof: { format: 'ssh', person: 'T0LOCAL:U0BO', key: 'laptop' } },
    ]);
  });

  it('says beside the field what is wrong with a signature, and stays', async () => {
    const form = await openForm();
    const good = typeIt(form);

    expect(await submit({ signature: 'I agree' })).toEqual({
      kind: 'errors',
      errors: {
        signature: 'That is not a signature of ssh-keygen: paste all of it, with its first and last line.',
      },
    });
    people = [];
    const gone = await submit({ signature: good });
    expect(gone).toMatchObject(
      asked === 'observe'
        ? { kind: 'errors', errors: { signature: 'T0LOCAL:U0BO is not in the roster.' } }
        : { kind: 'closed' },
    );
    expect((await bot.service.read('R1'))?.gates.stop?.signOffs).toEqual([]);
  });

  it(
    asked === 'require' ? 'takes none without a signature' : 'takes one without, and the thread says so once',
    async () => {
      await openForm();

      const answer = await submit({ comment: 'go' });

      if (asked === 'require') {
        expect(answer['kind']).toBe('errors');
        expect((await bot.service.read('R1'))?.gates.stop?.signOffs).toEqual([]);
        return;
      }
      expect(answer).toEqual({ kind: 'closed' });
      await inThread('approved stopping');
      await inThread(
        'Without a signature of their own. It counts here; hosts that require signatures would refuse it.',
      );
    },
  );

  if (asked === 'observe') return;

  it('tells whoever is not in the roster before a form opens', async () => {
    people = [];

    await press();

    await until(async () => {
      const told = JSON.stringify(await control(bot.world.slack, 'users/U0BO/ephemerals'));
      return told.includes('you are not in the roster of keys');
    }, 'the reason');
  });
});
