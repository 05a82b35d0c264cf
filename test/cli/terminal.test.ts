/** The bot's socket: who is proven, who may, what Slack has to do with it, and what whoever reaches the socket cannot do. */
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { orderText } from '../../src/aurora/order.ts';
import { type Statement, statementText } from '../../src/aurora/statement.ts';
import { judgeAtInstant } from '../../src/restore/engine/judge-at-instant.ts';
import type { RestoreEvent } from '../../src/restore/record/events.ts';
import { callBot } from '../../src/terminal/ask-bot.ts';
import {
  ana,
  bo,
  cy,
  minute,
  passed,
  startedAt,
  untilCommitGate,
  untilLook,
  untilStopGate,
} from '../restore/support/story.ts';
import { statementWith } from '../signing/statements.ts';
import { openTerminal, type Terminal } from './support/terminal.ts';

const opened: Terminal[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((terminal) => terminal.close()));
});

async function open(...of: Parameters<typeof openTerminal>): Promise<Terminal> {
  const terminal = await openTerminal(...of);
  opened.push(terminal);
  return terminal;
}

const down = async (events: readonly RestoreEvent[]): Promise<Terminal> => {
  const terminal = await open(events, { whenSlackIsDown: 'roster' });
  terminal.people.down = true;
  return terminal;
};
const refusal = (code: string) => ({ code });
const last = async ({ events }: Terminal) => (await events()).at(-1);
const byKey = (person: typeof bo) => ({ ...person, terminalKey: 'laptop' });

/** The story where signatures are required, with a statement at its commit gate. */
function requiring(): readonly RestoreEvent[] {
  const digest = 'c1'.repeat(32);
  const statement: Statement = statementWith({
    issuedAt: startedAt,
    expiresAt: startedAt + 12 * 3_600_000,
    digest,
  });
  const events = untilCommitGate({ policy: { signatures: 'require' } }).map(
    (event): RestoreEvent =>
      event.type === 'gate-opened' && event.gate === 'commit' ? { ...event, statement } : event,
  );
  return JSON.parse(JSON.stringify(events).replaceAll('"c1"', `"${digest}"`)) as RestoreEvent[];
}

describe('a decision in a terminal, while Slack answers', () => {
  it('is taken for whom the key proves, and the record has its way', async () => {
    const terminal = await open(untilStopGate());

    const done = await terminal.decide(bo, { decision: 'sign-off', reason: 'checked' });

    expect(done).toEqual({ ok: true, name: 'bo', key: 'laptop', slackIsSilent: false });
    expect(await last(terminal)).toEqual({
      type: 'signed-off',
      gate: 'stop',
      digest: 'd1',
      person: byKey(bo),
      comment: 'checked',
    });
    expect(terminal.woken).toEqual(['R1']);
    expect(terminal.people.asked).toContain('UBO');
  });

  it('is refused to whom Slack bars, and the refusal is in the record with its way', async () => {
    const terminal = await open(untilStopGate());
    terminal.people.bar(bo, 'a deactivated account');

    await expect(terminal.decide(bo, { decision: 'sign-off' })).rejects.toMatchObject(
      refusal('person-barred'),
    );

    expect(await last(terminal)).toMatchObject({ type: 'refused', person: byKey(bo), code: 'person-barred' });
  });

  it('counts members of groups, as in Slack', async () => {
    const policy = { approvers: ['UANA'], approverGroups: ['S1'] };
    const terminal = await open(untilStopGate({ policy }));
    terminal.people.groups.set('S1', ['UBO']);

    await terminal.decide(bo, { decision: 'sign-off' });

    expect(await last(terminal)).toMatchObject({ type: 'signed-off' });
  });

  it('goes the whole way: two sign the statement that hosts verify, one of them commits', async () => {
    const terminal = await open(requiring());

    await terminal.decide(bo, { decision: 'sign-off' });
    await terminal.decide(cy, { decision: 'sign-off' });
    await terminal.decide(cy, { decision: 'commit' });

    expect((await terminal.events()).slice(-3)).toMatchObject([
      { type: 'signed-off', proof: { format: 'ssh', person: 'T1:UBO', key: 'laptop' } },
      { type: 'signed-off', proof: { format: 'ssh', person: 'T1:UCY', key: 'laptop' } },
      { type: 'commit-ordered', person: byKey(cy) },
    ]);
  });

  it('takes going back and its second signature, and letting it reconcile, as in Slack', async () => {
    const going = await open(untilLook());
    await going.decide(bo, { decision: 'go-back' });
    await going.decide(cy, { decision: 'sign-off' });
    const released = await open(untilLook());
    await released.decide(bo, { decision: 'let-reconcile' });

    expect((await going.events()).slice(-3)).toMatchObject([
      { type: 'gate-opened', gate: 'go-back' },
      { type: 'signed-off', gate: 'go-back', person: byKey(bo) },
      { type: 'signed-off', gate: 'go-back', person: byKey(cy) },
    ]);
    expect(await last(released)).toEqual({ type: 'release-ordered', person: byKey(bo) });
  });

  it('a statement that is not signed, or another one, is refused', async () => {
    const terminal = await open(requiring());

    await expect(
      terminal.decide(bo, { decision: 'sign-off', statement: (asked) => ({ ...asked, restore: 'R2' }) }),
    ).rejects.toMatchObject(refusal('signature-wrong'));
  });
});

describe('while Slack answers nothing at all', () => {
  it('only an abort is taken where the configuration says no word of it', async () => {
    const terminal = await open(untilStopGate());
    terminal.people.down = true;

    await expect(terminal.decide(bo, { decision: 'sign-off' })).rejects.toMatchObject(
      refusal('slack-silent'),
    );
    expect(await last(terminal)).toMatchObject({ type: 'refused', code: 'slack-silent' });

    expect(await terminal.decide(cy, { decision: 'abort' })).toMatchObject({ slackIsSilent: true });
    expect((await terminal.events()).at(-2)).toMatchObject({ type: 'abort-ordered', person: byKey(cy) });
  });

  it('approvers by name sign and commit, and that still stands at the instant of the commit', async () => {
    const terminal = await down(requiring());
    await terminal.decide(bo, { decision: 'sign-off' });
    await terminal.decide(cy, { decision: 'sign-off' });
    await terminal.decide(bo, { decision: 'commit' });
    const events = [passed('commit', 'c1'.repeat(32), [bo, cy])];

    const judged = await judgeAtInstant(
      { ...terminal, whenSlackIsDown: 'roster' },
      { state: await terminal.state(), events },
    );

    expect(judged).toEqual(events);
  });

  it.each<[string, (terminal: Terminal) => void, object]>([
    ['Slack is waited for where the configuration says nothing', () => undefined, { code: 'people-unknown' }],
    [
      'a key that was taken out of the roster since takes its sign-off along',
      (terminal) => terminal.writeRoster([ana, cy]),
      { code: 'people-unknown' },
    ],
  ])('at the instant of the commit: %s', async (_what, meanwhile, expected) => {
    const terminal = await down(requiring());
    await terminal.decide(bo, { decision: 'sign-off' });
    await terminal.decide(cy, { decision: 'sign-off' });
    await terminal.decide(cy, { decision: 'commit' });
    meanwhile(terminal);
    const allows = _what.startsWith('Slack') ? {} : { whenSlackIsDown: 'roster' as const };

    const due = { state: await terminal.state(), events: [passed('commit', 'c1'.repeat(32), [bo, cy])] };

    expect(await judgeAtInstant({ ...terminal, ...allows }, due)).toMatchObject(expected);
  });

  it('whoever pressed in Slack without a signature is not believed at the instant of the commit', async () => {
    const terminal = await open(untilCommitGate(), { whenSlackIsDown: 'roster' });
    await terminal.decide(bo, { decision: 'sign-off' });
    const pressed = { restoreId: 'R1', gate: 'commit', digest: 'c1', comment: '' } as const;
    await terminal.service.take('sign-off', { ...pressed, userId: cy.userId });
    terminal.people.down = true;
    await expect(terminal.decide(bo, { decision: 'commit' })).rejects.toMatchObject({ code: 'slack-silent' });
    const due = { state: await terminal.state(), events: [passed('commit', 'c1', [bo, cy])] };

    const judged = await judgeAtInstant({ ...terminal, whenSlackIsDown: 'roster' }, due);

    expect(judged).toMatchObject({ code: 'people-unknown' });
  });

  it.each<[string, { approvers: string[]; approverGroups: string[] }, string[]]>([
    ['is in a group alone', { approvers: ['UANA', 'UCY'], approverGroups: ['S1'] }, ['UANA', 'UCY']],
    [
      'was made an approver since',
      { approvers: ['UANA', 'UCY'], approverGroups: ['S1'] },
      ['UANA', 'UBO', 'UCY'],
    ],
    ['is none any more', { approvers: ['UANA', 'UBO', 'UCY'], approverGroups: [] }, ['UANA', 'UCY']],
  ])('somebody who %s is no approver', async (_what, policy, today) => {
    const terminal = await down(untilStopGate({ policy }));
    terminal.people.groups.set('S1', ['UBO']);
    const configured = terminal.clusters.get('east');
    if (configured === undefined) throw new Error('no cluster');
    terminal.clusters.set('east', {
      cluster: { ...configured.cluster, policy: { ...configured.cluster.policy, approvers: today } },
    });

    await expect(terminal.decide(bo, { decision: 'sign-off' })).rejects.toMatchObject({
      code: 'not-an-approver',
      hint: expect.stringContaining('only approvers who are named'),
    });
  });

  it('a press in Slack is never judged by the roster', async () => {
    const terminal = await down(untilStopGate());
    const press = { restoreId: 'R1', gate: 'stop', digest: 'd1', comment: '', userId: bo.userId } as const;

    await expect(terminal.service.take('sign-off', press)).rejects.toMatchObject(refusal('slack-silent'));
  });

  it('one question that Slack leaves unanswered does not make it silent', async () => {
    const terminal = await open(untilStopGate(), { whenSlackIsDown: 'roster' });
    terminal.people.silentAbout.add('UBO');

    await expect(terminal.decide(bo, { decision: 'sign-off' })).rejects.toMatchObject(
      refusal('people-unknown'),
    );
  });
});

describe('a key proves nobody', () => {
  it.each<[string, (terminal: Terminal) => void]>([
    ['that is not in the roster', (terminal) => terminal.writeRoster([ana, cy])],
    ['that is past its time', (terminal) => terminal.writeRoster([ana, bo, cy], [bo])],
  ])('%s', async (_what, change) => {
    const terminal = await open(untilStopGate());
    const before = await terminal.events();
    change(terminal);

    for (const decision of ['sign-off', 'abort'] as const)
      await expect(terminal.decide(bo, { decision })).rejects.toMatchObject(refusal('not-proven'));

    expect(await terminal.events()).toEqual(before);
    expect(terminal.logged.join('\n')).toContain('a terminal has proved nobody');
  });

  it.each<[string, (order: Parameters<typeof orderText>[0]) => Parameters<typeof orderText>[0]]>([
    ['another restore', (order) => ({ ...order, restore: 'R2' })],
    ['another decision', (order) => ({ ...order, decision: 'abort' })],
    ['another digest', (order) => ({ ...order, digest: 'd2' })],
    ['another reason', (order) => ({ ...order, reason: 'because' })],
    ['another nonce', (order) => ({ ...order, nonce: '0'.repeat(64) })],
    ['another restore of the same name', (order) => ({ ...order, journal: 'f'.repeat(64) })],
  ])('whose signature is over %s', async (_what, order) => {
    const terminal = await open(untilStopGate());

    await expect(terminal.decide(bo, { decision: 'sign-off', order })).rejects.toMatchObject(
      refusal('not-proven'),
    );
  });

  it('two minutes after the order', async () => {
    const terminal = await open(untilStopGate());
    const meanwhile = (): void => {
      terminal.clock.at += 2 * minute;
    };

    await expect(terminal.decide(bo, { decision: 'sign-off', meanwhile })).rejects.toMatchObject(
      refusal('order-too-old'),
    );
  });

  it('a second time, on this connection or another', async () => {
    const terminal = await open(untilLook());
    const first = await callBot(terminal.stateDirectory);
    const second = await callBot(terminal.stateDirectory);
    const { order } = await first.order({ decision: 'go-back', restore: 'R1', reason: 'x' });
    await second.order({ decision: 'go-back', restore: 'R1', reason: 'x' });
    const given = {
      nonce: order.nonce,
      signature: terminal.sign(bo, orderText(order)),
      statementSignature: null,
      typedCluster: 'east',
    };

    await expect(second.decide(given)).rejects.toMatchObject(refusal('order-spent'));
    await first.decide(given);
    await expect(first.decide(given)).rejects.toMatchObject(refusal('order-spent'));
    first.close();
    second.close();
  });

  it("another one's signature over the statement is none of theirs", async () => {
    const terminal = await open(requiring());
    const bot = await callBot(terminal.stateDirectory);
    const { order, statement } = await bot.order({ decision: 'sign-off', restore: 'R1', reason: '' });
    if (statement === null) throw new Error('nothing to sign');

    const answer = bot.decide({
      nonce: order.nonce,
      signature: terminal.sign(bo, orderText(order)),
      statementSignature: terminal.sign(cy, statementText(statement)),
      typedCluster: 'east',
    });

    await expect(answer).rejects.toMatchObject(refusal('signature-wrong'));
    bot.close();
  });

  it('whom Slack knows under another id than the roster', async () => {
    const terminal = await open(untilStopGate());
    const other = fs.readFileSync(path.join(terminal.directory, 'people.yaml'), 'utf8');
    fs.writeFileSync(path.join(terminal.directory, 'people.yaml'), other.replace('T1:UBO', 'T2:UBO'));

    await expect(terminal.decide(bo, { decision: 'abort' })).rejects.toMatchObject(refusal('other-person'));
  });
});

describe('the socket', () => {
  const raw = (state: string): Promise<net.Socket> =>
    new Promise((resolve, reject) => {
      const socket = net.connect(path.join(state, 'bot.sock'), () => resolve(socket));
      socket.once('error', reject);
    });
  /** All that comes until the bot hangs up. */
  const hear = async (socket: net.Socket): Promise<string> => {
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk) => {
      text += String(chunk);
    });
    await new Promise((resolve) => socket.once('close', resolve));
    return text;
  };

  it.each([
    ['garbage', 'GET / HTTP/1.1\r\n\r\n'],
    ['an unknown question', '{"ask":"shutdown"}\n'],
    ['a field too many', '{"ask":"order","decision":"abort","restore":"R1","reason":"","userId":"UBO"}\n'],
    ['a line without an end that is too long', 'x'.repeat(200_000)],
    ['a line that is too long', `${' '.repeat(80_000)}\n`],
    ['what is no text', Buffer.from([0xff, 0x00, 0xfe, 0x0a])],
  ])('refuses %s, hangs up, and serves the next one', async (_what, bytes) => {
    const terminal = await open(untilStopGate());
    const socket = await raw(terminal.stateDirectory);
    const heard = hear(socket);

    socket.on('error', () => undefined).write(bytes);

    expect(JSON.parse(await heard)).toMatchObject({ ok: false, code: 'not-a-request' });
    await terminal.decide(bo, { decision: 'sign-off' });
  });

  it('outlives a client that is killed in the middle', async () => {
    const terminal = await open(untilStopGate());
    const file = path.join(terminal.stateDirectory, 'bot.sock');
    const half = `const s=require('net').connect(${JSON.stringify(file)});s.write('{"ask":"order","decision":"abort","restore":"R1","reason":""}\\n{"ask":"dec',()=>s.once('data',()=>console.log('asked')))`;
    const child = spawn(process.execPath, ['-e', half], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    const before = await terminal.events();

    expect(before.at(-1)).toMatchObject({ type: 'gate-opened' });
    await terminal.decide(bo, { decision: 'sign-off' });
  });

  it('is of the bot and root alone, in a directory that others may enter, and what a killed bot left is replaced', async () => {
    const terminal = await open(untilStopGate());
    fs.chmodSync(terminal.directory, 0o755);
    const file = path.join(terminal.stateDirectory, 'bot.sock');
    const script = `require('net').connect(${JSON.stringify(file)},()=>{console.log('in');process.exit()}).on('error',(e)=>console.log(e.code))`;
    const asNobody = spawnSync(process.execPath, ['-e', script], {
      uid: 65534,
      gid: 65534,
      encoding: 'utf8',
    });
    expect(asNobody.stdout.trim()).toBe('EACCES');
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);

    await terminal.listenAgain();

    await terminal.decide(bo, { decision: 'sign-off' });
    expect(fs.readdirSync(terminal.stateDirectory).filter((name) => name.startsWith('.sock-'))).toEqual([]);
  });

  it('that another account has put there is told nothing', async () => {
    const terminal = await open(untilStopGate());
    fs.chownSync(path.join(terminal.stateDirectory, 'bot.sock'), 65534, 65534);

    await expect(callBot(terminal.stateDirectory)).rejects.toMatchObject(refusal('socket-of-another'));
  });

  it('a bot that does not run is said to be', async () => {
    const terminal = await open(untilStopGate());
    fs.rmSync(path.join(terminal.stateDirectory, 'bot.sock'));

    await expect(callBot(terminal.stateDirectory)).rejects.toMatchObject(refusal('bot-not-running'));
  });
});
