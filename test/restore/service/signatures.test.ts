/** Decisions where the policy asks for people's own signatures: who counts, who is refused and how, and what falls at the commit. */
import { afterEach, describe, expect, it } from 'vitest';
import type { GivenSignature } from '../../../src/aurora/signatures.ts';
import type { Statement } from '../../../src/aurora/statement.ts';
import type { Actor, RestoreEvent } from '../../../src/restore/record/events.ts';
import { statementsToSign } from '../../../src/restore/rules/proofs.ts';
import type { Answer } from '../../../src/restore/service/answer.ts';
import { type KeyHolder, keyHolders, openRoster, signatureOf } from '../../signing/key-holders.ts';
import { statementWith } from '../../signing/statements.ts';
import { type Office, openOffice } from '../support/office.ts';
import { ana, bo, cy, startedAt, untilCommitGate, untilLook, untilStopGate } from '../support/story.ts';

const offices: Office[] = [];
afterEach(async () => {
  await Promise.all(offices.splice(0).map((office) => office.close()));
});

const commitDigest = 'c1'.repeat(32);
const statementOf = (intent: 'stop' | 'commit'): Statement =>
  statementWith({ intent, issuedAt: startedAt, expiresAt: startedAt + 12 * 3_600_000 });

/** The story with statements at its gates, as a policy that asks for signatures has them. */
function asked(story: typeof untilCommitGate, signatures: 'observe' | 'require'): readonly RestoreEvent[] {
  const events = story({ policy: { signatures } }).map(
    (event): RestoreEvent =>
      event.type === 'gate-opened' && event.gate !== 'go-back'
        ? { ...event, statement: statementOf(event.gate) }
        : event,
  );
  return JSON.parse(
    JSON.stringify(events).replaceAll('"c1"', `"${commitDigest}"`).replaceAll('"s1"', `"${commitDigest}"`),
  ) as RestoreEvent[];
}

async function open(events: readonly RestoreEvent[]) {
  const roster = openRoster();
  const office = await openOffice(events, ':memory:', roster);
  offices.push(office);
  return { ...office, roster };
}

type Room = Awaited<ReturnType<typeof open>>;
const R1 = { restoreId: 'R1' };
const codeOf = (answer: Answer): string => (answer.ok ? 'ok' : answer.refusal.code);
const sign = ({ service }: Room, { userId }: Actor, signature?: GivenSignature): Promise<Answer> =>
  service.take('sign-off', {
    ...R1,
    userId,
    gate: 'commit',
    digest: commitDigest,
    comment: 'checked',
    ...(signature && { signature }),
  });
const commit = ({ service }: Room, { userId }: Actor): Promise<Answer> =>
  service.take('commit', { ...R1, userId, digest: commitDigest, typedCluster: 'east' });
const own = ({ userId }: Actor, statement = statementOf('commit')): GivenSignature =>
  signatureOf(userId as KeyHolder, statement);
const toSign = async (room: Room, what: 'go-back' | 'release'): Promise<Statement> => {
  const [newest] = statementsToSign(await room.state(), { what, now: room.clock.now() });
  if (newest === undefined) throw new Error('nothing to sign');
  return newest;
};

describe('where signatures are required', () => {
  it('a sign-off without one is refused, and one with it carries the proof into the journal', async () => {
    const room = await open(asked(untilCommitGate, 'require'));

    expect(await sign(room, bo)).toMatchObject({
      refusal: { code: 'signature-missing', message: 'This needs a signature of your own.' },
    });
    expect(codeOf(await sign(room, bo, own(bo)))).toBe('ok');

    expect((await room.events()).at(-1)).toMatchObject({
      type: 'signed-off',
      person: { id: 'T1:UBO' },
      proof: { person: 'T1:UBO', key: 'laptop', format: 'passkey' },
    });
  });

  it("another one's signature is none of whoever presses", async () => {
    const room = await open(asked(untilCommitGate, 'require'));

    expect(await sign(room, bo, own(cy))).toMatchObject({
      refusal: {
        code: 'signature-wrong',
        message: "It was made with a key that is not UBO's in the roster.",
      },
    });
  });

  it.each<[string, Partial<Statement>]>([
    ['the stop', { intent: 'stop' }],
    ['another restore', { restore: 'R2' }],
    ['another digest', { digest: 'f'.repeat(64) }],
    ['another cluster', { cluster: 'west' }],
    ['a restore of the same name', { journal: 'f'.repeat(64) }],
  ])('a signature for %s is refused', async (_what, changes) => {
    const room = await open(asked(untilCommitGate, 'require'));

    const answer = await sign(room, bo, own(bo, { ...statementOf('commit'), ...changes }));

    expect(answer).toMatchObject({
      refusal: {
        code: 'signature-wrong',
        message: "UBO's signature with laptop does not count: it signs another statement.",
      },
    });
  });

  it('somebody who is not in the roster is told before a form opens, and stands among those who cannot', async () => {
    const room = await open(asked(untilCommitGate, 'require'));
    room.roster.people = ['UANA', 'UCY'];

    const refusal = await room.service.mayTake('sign-off', {
      ...R1,
      userId: bo.userId,
      gate: 'commit',
      digest: commitDigest,
    });
    const who = await room.service.whoCanSign({ ...R1, gate: 'commit' });

    expect(refusal).toMatchObject({
      code: 'not-in-roster',
      message: 'This needs a signature of your own, and you are not in the roster of keys.',
    });
    expect(who.allowed.map(({ userId }) => userId)).toEqual(['UANA', 'UCY']);
    expect(who.barred).toEqual([{ name: 'bo', why: 'not in the roster of keys' }]);
  });

  it('a roster that cannot be read lets nobody sign, and says so', async () => {
    const room = await open(asked(untilCommitGate, 'require'));
    room.roster.people = null;

    expect(await sign(room, bo, own(bo))).toMatchObject({
      refusal: { code: 'roster-unread', message: expect.stringContaining('people.yaml cannot be read') },
    });
    expect(await room.service.whoCanSign({ ...R1, gate: 'commit' })).toMatchObject({
      allowed: [],
      unread: ['The roster people.yaml cannot be read: it is gone.'],
    });
  });

  it('whoever leaves the roster before the commit loses the sign-off, and the commit is refused', async () => {
    const room = await open(asked(untilCommitGate, 'require'));
    await sign(room, bo, own(bo));
    await sign(room, cy, own(cy));
    room.roster.people = ['UANA', 'UBO'];

    const answer = await commit(room, bo);

    expect(answer).toMatchObject({
      refusal: {
        code: 'signer-fell',
        message: 'cy signed, and that no longer counts: T1:UCY is not in the roster.',
      },
    });
    expect((await room.state()).gates.commit?.signOffs.map(({ person }) => person.id)).toEqual(['T1:UBO']);
    room.roster.people = keyHolders;
    await sign(room, cy, own(cy));
    expect(codeOf(await commit(room, bo))).toBe('ok');
  });

  it('a roster that cannot be read at the commit stops it and takes nothing from anybody', async () => {
    const room = await open(asked(untilCommitGate, 'require'));
    await sign(room, bo, own(bo));
    await sign(room, cy, own(cy));
    room.roster.people = null;

    expect(codeOf(await commit(room, bo))).toBe('roster-unread');
    expect((await room.state()).gates.commit?.signOffs).toHaveLength(2);
    room.roster.people = keyHolders;
    expect(codeOf(await commit(room, bo))).toBe('ok');
  });

  it('the stop needs one as well', async () => {
    const room = await open(asked(untilStopGate, 'require'));
    const stop = (signature?: GivenSignature) =>
      room.service.take('sign-off', {
        ...R1,
        userId: bo.userId,
        gate: 'stop',
        digest: 'd1',
        comment: '',
        ...(signature && { signature }),
      });

    expect(codeOf(await stop(own(bo)))).toBe('signature-wrong');
    expect(codeOf(await stop(own(bo, statementOf('stop'))))).toBe('ok');
  });

  it('letting it reconcile is signed, and the signed word is kept for the agents', async () => {
    const room = await open(asked(untilLook, 'require'));
    const release = await toSign(room, 'release');
    const let_ = (signature?: GivenSignature) =>
      room.service.take('let-reconcile', { ...R1, userId: bo.userId, ...(signature && { signature }) });

    expect(codeOf(await let_())).toBe('signature-missing');
    expect(codeOf(await let_(own(bo)))).toBe('signature-wrong');
    expect(codeOf(await let_(own(bo, release)))).toBe('ok');

    expect((await room.state()).look?.releaseSigned).toMatchObject({
      statement: { intent: 'release', digest: commitDigest, restore: 'R1' },
      proofs: [{ person: 'T1:UBO' }],
    });
  });

  it('going back is signed by each over the same statement, also when the first was shown an older one', async () => {
    const room = await open(asked(untilLook, 'require'));
    const shown = await toSign(room, 'go-back');
    room.clock.at += 6 * 3_600_000 + 1;
    const newer = await toSign(room, 'go-back');
    const back = (who: Actor, statement: Statement) =>
      room.service.take('go-back', {
        ...R1,
        userId: who.userId,
        reason: 'wrong',
        signature: own(who, statement),
      });

    expect(newer.issuedAt).toBe(shown.issuedAt + 6 * 3_600_000);
    expect(codeOf(await back(bo, shown))).toBe('ok');
    expect(codeOf(await back(cy, newer))).toBe('signature-wrong');
    expect(codeOf(await back(cy, shown))).toBe('ok');
    const gate = (await room.state()).gates['go-back'];
    expect(gate?.statement).toEqual(shown);
    expect(gate?.signOffs.map(({ proof }) => proof?.person)).toEqual(['T1:UBO', 'T1:UCY']);
  });
});

describe('where signatures are observed', () => {
  it('a sign-off without one counts, a wrong one is still refused', async () => {
    const room = await open(asked(untilCommitGate, 'observe'));
    room.roster.people = ['UANA'];

    expect(codeOf(await sign(room, bo, own(bo)))).toBe('signature-wrong');
    expect(codeOf(await sign(room, bo))).toBe('ok');
    expect(codeOf(await sign(room, cy))).toBe('ok');
    expect(codeOf(await commit(room, bo))).toBe('ok');
    expect(await room.service.whoCanSign({ ...R1, gate: 'commit' })).toMatchObject({ keyless: [] });
  });

  it('who has no key is named among those who can sign', async () => {
    const room = await open(asked(untilCommitGate, 'observe'));
    room.roster.people = ['UANA', 'UBO'];

    const who = await room.service.whoCanSign({ ...R1, gate: 'commit' });

    expect(who.allowed.map(({ displayName }) => displayName)).toContain('cy');
    expect(who.keyless).toEqual(['cy']);
  });
});

it('where nobody is asked a signature changes nothing, and none is kept', async () => {
  const room = await open(
    JSON.parse(JSON.stringify(untilCommitGate()).replaceAll('"c1"', `"${commitDigest}"`)),
  );
  room.roster.people = null;

  expect(codeOf(await sign(room, ana, own(ana)))).toBe('ok');
  expect((await room.events()).at(-1)).not.toHaveProperty('proof');
});
