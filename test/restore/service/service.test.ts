import { afterEach, describe, expect, it } from 'vitest';
import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import type { Answer } from '../../../src/restore/service/answer.ts';
import type { RestoreService } from '../../../src/restore/service/service.ts';
import { dee, type Office, openOffice } from '../support/office.ts';
import {
  ana,
  bo,
  commitGate,
  cy,
  minute,
  proposed,
  signed,
  startedAt,
  untilCommitGate,
  untilLook,
  untilOrdered,
  untilSigned,
  untilStopGate,
  untilStopped,
} from '../support/story.ts';

const offices: Office[] = [];
const open = async (events: readonly RestoreEvent[] = []): Promise<Office> => {
  const office = await openOffice(events);
  offices.push(office);
  return office;
};
afterEach(async () => {
  await Promise.all(offices.splice(0).map((office) => office.close()));
});

const codeOf = (answer: Answer): string => (answer.ok ? 'ok' : answer.refusal.code);
const R1 = { restoreId: 'R1' };
const backup = { host: 'aurora-2', name: 'scheduler-backup-2026-11-23-16-30', sha256: 'ab'.repeat(32) };
const aborted: RestoreEvent = { type: 'abort-ordered', person: ana, reason: 'wrong backup' };
const over: RestoreEvent = { type: 'restore-ended', outcome: 'undone', message: 'Undone.' };
const released: RestoreEvent = { type: 'release-ordered', person: bo };
const declined: RestoreEvent = { type: 'declined', gate: 'commit', digest: 'c1', person: cy, reason: 'no' };
const goBackGate = (minutes = 30): RestoreEvent => ({
  type: 'gate-opened',
  gate: 'go-back',
  digest: 'g1',
  needed: 2,
  expiresAt: startedAt + minutes * minute,
});
const stuckAtCommit: readonly RestoreEvent[] = [
  ...untilOrdered(),
  { type: 'gate-passed', gate: 'commit', digest: 'c1', signers: [bo, cy] },
  { type: 'step-started', step: 'commit', attempt: 1 },
  { type: 'step-failed', step: 'commit', code: 'x', message: 'No answer.', hint: 'Look.' },
];

type Ask = (service: RestoreService) => Promise<Answer>;
const propose =
  (cluster = 'east', reason = 'log corrupt'): Ask =>
  (service) =>
    service.propose({ cluster, channel: 'C1', userId: 'UANA', reason, incident: '', backup });
const sign =
  (
    who: { userId: string },
    gate: 'stop' | 'commit' | 'go-back' = 'stop',
    digest = gate === 'stop' ? 'd1' : 'c1',
  ): Ask =>
  (service) =>
    service.take('sign-off', { ...R1, gate, digest, userId: who.userId, comment: '' });
const decline =
  (who: { userId: string }, gate: 'stop' | 'commit' = 'commit', reason = 'not tonight'): Ask =>
  (service) =>
    service.take('decline', {
      ...R1,
      gate,
      digest: gate === 'stop' ? 'd1' : 'c1',
      userId: who.userId,
      reason,
    });
const commit =
  (who: { userId: string }, typedCluster = 'east', digest = 'c1'): Ask =>
  (service) =>
    service.take('commit', { ...R1, digest, userId: who.userId, typedCluster });
const abort =
  (who: { userId: string }, reason = 'wrong backup'): Ask =>
  (service) =>
    service.take('abort', { ...R1, userId: who.userId, reason });
const goBack =
  (who: { userId: string }, reason = 'tasks are missing'): Ask =>
  (service) =>
    service.take('go-back', { ...R1, userId: who.userId, reason });
const release =
  (who: { userId: string }): Ask =>
  (service) =>
    service.take('let-reconcile', { ...R1, userId: who.userId });
const extend =
  (who: { userId: string }): Ask =>
  (service) =>
    service.take('more-time', { ...R1, userId: who.userId, byMs: 30 * minute });
const lookAgain =
  (who: { userId: string }): Ask =>
  (service) =>
    service.take('look-again', { ...R1, userId: who.userId });

describe('the service refuses, with a code', () => {
  it.each<[code: string, when: string, events: readonly RestoreEvent[], ask: Ask, minutes?: number]>([
    ['unknown-restore', 'a restore that was never proposed', [], abort(ana)],
    ['unknown-cluster', 'a cluster that is not configured', [], propose('north')],
    ['cluster-busy', 'a second restore of a cluster', untilStopGate(), propose('east')],
    ['reason-missing', 'a proposal without a reason', [], propose('east', '  ')],
    ['reason-missing', 'a decline without a reason', untilCommitGate(), decline(bo, 'commit', ' ')],
    ['reason-missing', 'an abort without a reason', untilCommitGate(), abort(bo, '')],
    ['reason-missing', 'a way back without a reason', untilLook(), goBack(bo, '')],
    ['gate-not-open', 'a sign-off before the gate opens', [proposed()], sign(bo)],
    ['gate-not-open', 'a decline before the gate opens', [proposed()], decline(bo)],
    ['gate-not-open', 'an order before the gate opens', [proposed()], commit(bo)],
    ['gate-passed', 'a sign-off of what was decided', untilStopped(), sign(cy)],
    ['gate-declined', 'a sign-off after a decline', [...untilCommitGate(), declined], sign(bo, 'commit')],
    ['gate-expired', 'a sign-off at the last instant', untilStopGate(), sign(bo), 30],
    ['gate-expired', 'an order after the window', untilSigned(), commit(bo), 15],
    ['digest-changed', 'a sign-off of what was planned before', untilStopGate(), sign(bo, 'stop', 'd0')],
    ['digest-changed', 'an order of what was staged before', untilSigned(), commit(bo, 'east', 'c0')],
    ['not-an-approver', 'a sign-off by somebody else', untilStopGate(), sign(dee)],
    ['not-an-approver', 'a decline by somebody else', untilCommitGate(), decline(dee)],
    ['not-an-approver', 'a way back proposed by somebody else', untilLook(), goBack(dee)],
    ['own-proposal', 'the requester at the stop', untilStopGate(), sign(ana)],
    [
      'already-signed',
      'the same person again',
      [...untilCommitGate(), signed('commit', bo, 'c1')],
      sign(bo, 'commit'),
    ],
    ['committed-already', 'a second order', untilOrdered(), commit(cy)],
    ['committed-already', 'a decline after the order', untilOrdered(), decline(ana)],
    ['wrong-name', 'an order with the wrong name', untilSigned(), commit(bo, 'west')],
    [
      'sign-offs-missing',
      'an order with one sign-off',
      [...untilCommitGate(), signed('commit', bo, 'c1')],
      commit(bo),
    ],
    ['not-a-signer', 'an order by an approver who has not signed', untilSigned(), commit(ana)],
    ['not-a-signer', 'a release by an approver who has not signed', untilLook(), release(ana)],
    ['undo-already', 'a second abort', [...untilCommitGate(), aborted], abort(bo)],
    ['undo-already', 'a sign-off in the undo', [...untilCommitGate(), aborted], sign(bo, 'commit')],
    ['undo-already', 'an order in the undo', [...untilSigned(), aborted], commit(bo)],
    ['undo-already', 'a decline in the undo', [...untilCommitGate(), aborted], decline(bo)],
    ['after-commit', 'an abort after the order', untilOrdered(), abort(ana)],
    ['no-second-look', 'a release out of turn', untilCommitGate(), release(bo)],
    ['no-second-look', 'more time out of turn', untilCommitGate(), extend(bo)],
    ['no-second-look', 'a way back before the commit', untilCommitGate(), goBack(bo)],
    ['released-already', 'a way back after the release', [...untilLook(), released], goBack(bo)],
    [
      'going-back',
      'a release while people decide on going back',
      [...untilLook(), goBackGate()],
      release(bo),
    ],
    ['not-stuck', 'mending what is not stuck', untilStopped(), lookAgain(bo)],
    ['restore-ended', 'anything after the end', [...untilStopGate(), over], sign(bo)],
  ])('%s: %s', async (code, _when, events, ask, minutes = 0) => {
    const office = await open(events);
    office.clock.at = startedAt + minutes * minute;

    const answer = await ask(office.service);

    expect(codeOf(answer)).toBe(code);
    expect(office.woken).toEqual([]);
  });

  it('writes a refusal down, with who asked for what', async () => {
    const office = await open(untilStopGate());

    await sign(ana)(office.service);

    expect((await office.events()).at(-1)).toMatchObject({
      type: 'refused',
      person: ana,
      what: 'sign off stop',
      code: 'own-proposal',
    });
  });

  it.each<[string, readonly RestoreEvent[], Ask]>([
    ['propose', [], propose('west')],
    ['sign off', untilStopGate(), sign(bo)],
    ['decline', untilCommitGate(), decline(bo)],
    ['abort', untilCommitGate(), abort(bo)],
    ['release', untilLook(), release(bo)],
    ['ask for more time', untilLook(), extend(bo)],
    ['go back', untilLook(), goBack(bo)],
    ['say that it was mended', stuckAtCommit, lookAgain(bo)],
  ])('person-barred: a guest may not %s', async (_what, events, ask) => {
    const office = await open(events);
    office.people.bar(bo, 'guests never count');
    office.people.bar(ana, 'guests never count');

    expect(codeOf(await ask(office.service))).toBe('person-barred');
  });
});

describe('the service writes', () => {
  it('a proposal, and wakes the worker', async () => {
    const office = await open();

    const answer = await propose('west', '  log corrupt ')(office.service);

    expect(answer).toMatchObject({
      ok: true,
      state: { proposal: { reason: 'log corrupt', requester: ana } },
    });
    expect(office.woken).toEqual(['R1']);
  });

  it('an abort before any host was touched as the end, and the cluster is free again', async () => {
    const office = await open(untilStopGate());

    await abort(dee)(office.service);

    expect((await office.state()).ended?.outcome).toBe('undone');
    expect(codeOf(await propose('east')(office.service))).toBe('ok');
  });

  it('a decline for as long as the commit may still be ordered', async () => {
    const late = startedAt + 29 * minute;
    const office = await open(untilCommitGate());
    office.clock.at = late;
    await sign(bo, 'commit')(office.service);
    await sign(cy, 'commit')(office.service);
    office.clock.at = startedAt + 31 * minute;

    const answer = await decline(ana)(office.service);

    expect(codeOf(answer)).toBe('ok');
    expect(codeOf(await commit(bo)(office.service))).toBe('gate-declined');
  });

  it('more time from the end of the look, or from now when that is over', async () => {
    const office = await open(untilLook());

    await extend(dee)(office.service);
    const first = (await office.state()).look?.until;
    office.clock.at = startedAt + 70 * minute;
    await extend(dee)(office.service);

    expect(first).toBe(startedAt + 60 * minute);
    expect((await office.state()).look?.until).toBe(startedAt + 100 * minute);
  });

  it('a way back that is opened by one and signed by another', async () => {
    const office = await open(untilLook());

    await goBack(ana)(office.service);
    const again = await goBack(ana)(office.service);
    await goBack(bo)(office.service);

    expect(codeOf(again)).toBe('already-signed');
    expect((await office.state()).gates['go-back']?.signOffs.map((signOff) => signOff.person)).toEqual([
      ana,
      bo,
    ]);
  });

  it('a way back from a commit that is stuck', async () => {
    const office = await open(stuckAtCommit);

    expect(codeOf(await goBack(bo)(office.service))).toBe('ok');
  });

  it('a new way back without the sign-offs of the one that nobody closed in time', async () => {
    const office = await open(untilLook());
    await goBack(bo)(office.service);
    await goBack(cy)(office.service);
    office.clock.at = startedAt + 30 * minute;

    const answer = await goBack(bo)(office.service);

    expect(codeOf(answer)).toBe('ok');
    expect((await office.state()).gates['go-back']?.signOffs).toMatchObject([
      { person: bo, at: office.clock.at },
    ]);
  });

  it('a release once the vote on going back is over', async () => {
    const office = await open([...untilLook(), goBackGate(10)]);
    office.clock.at = startedAt + 10 * minute;

    const answer = await release(bo)(office.service);

    expect(codeOf(answer)).toBe('ok');
    expect((await office.events()).slice(-2).map((event) => event.type)).toEqual([
      'gate-expired',
      'release-ordered',
    ]);
  });
});

describe('at the same instant', () => {
  it('a double click signs once', async () => {
    const office = await open(untilCommitGate());

    const answers = await Promise.all([1, 2, 3].map(() => sign(bo, 'commit')(office.service)));

    expect(answers.map(codeOf).sort()).toEqual(['already-signed', 'already-signed', 'ok']);
    expect((await office.state()).gates.commit?.signOffs).toHaveLength(1);
  });

  it('two signers order one commit', async () => {
    const office = await open(untilSigned());

    const answers = await Promise.all([commit(bo)(office.service), commit(cy)(office.service)]);

    expect(answers.map(codeOf).sort()).toEqual(['committed-already', 'ok']);
  });

  it('a decline and an order do not both stand', async () => {
    const office = await open(untilSigned());

    const answers = await Promise.all([decline(ana)(office.service), commit(bo)(office.service)]);

    expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
  });

  it('two restores of one cluster become one', async () => {
    const office = await open();

    const answers = await Promise.all([propose('west')(office.service), propose('west')(office.service)]);

    expect(answers.map(codeOf).sort()).toEqual(['cluster-busy', 'ok']);
    expect(await office.store.nextRestoreId()).toBe('R2');
  });

  it('a decision made on an older state is made again', async () => {
    const office = await open(untilSigned());
    office.people.whileAsking = async () => {
      office.people.whileAsking = () => Promise.resolve();
      await office.service.take('decline', {
        ...R1,
        gate: 'commit',
        digest: 'c1',
        userId: 'UANA',
        reason: 'no',
      });
    };

    const answer = await commit(bo)(office.service);

    expect(codeOf(answer)).toBe('gate-declined');
    expect((await office.state()).gates.commit?.status).toBe('declined');
  });
});

describe('who is allowed is asked again', () => {
  it('at the order: a signer who was deactivated since holds it back', async () => {
    const office = await open(untilSigned());
    office.people.bar(cy, 'deactivated people never count');

    const answer = await commit(bo)(office.service);

    expect(codeOf(answer)).toBe('signer-fell');
    expect((await office.state()).commitOrdered).toBeNull();
  });

  it('at the order: a signer who left the group since holds it back', async () => {
    const changes = { policy: { approvers: [], approverGroups: ['S1', 'S2'] } };
    const office = await open(untilCommitGate(changes));
    office.people.groups.set('S1', ['UBO', 'UCY']);
    await sign(bo, 'commit')(office.service);
    await sign(cy, 'commit')(office.service);
    office.people.groups.set('S1', ['UBO']);

    expect(codeOf(await commit(bo)(office.service))).toBe('signer-fell');
  });

  it('and somebody in two groups counts once', async () => {
    const changes = { policy: { approvers: ['UBO'], approverGroups: ['S1', 'S2'] } };
    const office = await open(untilCommitGate(changes));
    office.people.groups.set('S1', ['UBO']);
    office.people.groups.set('S2', ['UBO', 'UBO']);

    await sign(bo, 'commit')(office.service);

    expect(codeOf(await sign(bo, 'commit')(office.service))).toBe('already-signed');
    expect(codeOf(await commit(bo)(office.service))).toBe('sign-offs-missing');
  });

  it('an empty list of approvers means nobody, not even the requester or a former signer', async () => {
    const nobody = { policy: { approvers: [], approverGroups: ['S1'] } };
    const office = await open(untilStopGate(nobody));

    const answers = await Promise.all([ana, bo, cy, dee].map((who) => sign(who)(office.service)));

    expect(new Set(answers.map(codeOf))).toEqual(new Set(['not-an-approver']));
    expect(await office.service.whoCanSign({ ...R1, gate: 'stop' })).toEqual({
      allowed: [],
      barred: [],
      unread: [],
      keyless: [],
    });
  });

  it('and when Slack does not know the person, nothing is written', async () => {
    const office = await open(untilStopGate());
    const before = await office.events();

    await expect(sign({ userId: 'UNOBODY' })(office.service)).rejects.toThrow(/knows no UNOBODY/);

    expect(await office.events()).toEqual(before);
  });
});

describe('the service answers', () => {
  it('who could sign, and why the others cannot', async () => {
    const office = await open(untilStopGate());
    office.people.bar(cy, 'deactivated people never count');

    const who = await office.service.whoCanSign({ ...R1, gate: 'stop' });

    expect(who.allowed.map((person) => person.userId)).toEqual(['UBO']);
    expect(who.barred).toEqual([
      { name: 'ana', why: 'proposed this restore' },
      { name: 'cy', why: 'deactivated people never count' },
    ]);
  });

  it('who has signed already, and nobody for a restore that is not there', async () => {
    const office = await open([...untilCommitGate(), signed('commit', bo, 'c1'), commitGate()]);

    const who = await office.service.whoCanSign({ ...R1, gate: 'commit' });

    expect(who.barred).toEqual([{ name: 'bo', why: 'has signed' }]);
    expect(await office.service.whoCanSign({ restoreId: 'R9', gate: 'commit' })).toEqual({
      allowed: [],
      barred: [],
      unread: [],
      keyless: [],
    });
  });

  it('what a sign-off of each person would be answered with, and writes nothing', async () => {
    const office = await open([
      ...untilCommitGate({ policy: { requesterCounts: false } }),
      signed('commit', bo, 'c1'),
    ]);
    const before = await office.events();

    const answers = await Promise.all(
      [ana, bo, cy, dee].map(({ userId }) =>
        office.service.mayTake('sign-off', { ...R1, gate: 'commit', digest: 'c1', userId }),
      ),
    );

    expect(answers.map((answer) => answer?.code ?? null)).toEqual([
      'own-proposal',
      'already-signed',
      null,
      'not-an-approver',
    ]);
    expect(
      (await office.service.mayTake('sign-off', { ...R1, gate: 'go-back', digest: '', userId: 'UCY' }))?.code,
    ).toBe('gate-not-open');
    expect(
      (await office.service.mayTake('sign-off', { restoreId: 'R9', gate: 'stop', digest: '', userId: 'UCY' }))
        ?.code,
    ).toBe('unknown-restore');
    expect(await office.events()).toEqual(before);
  });

  it('which restores there are, the newest first', async () => {
    const office = await open(untilStopGate());
    office.clock.at = startedAt + minute;
    await propose('west')(office.service);

    const names = (await office.service.list({})).restores.map((state) => state.restoreId);

    expect(names).toEqual(['R2', 'R1']);
    expect((await office.service.list({ cluster: 'west', open: true })).restores).toHaveLength(1);
    expect(await office.service.read('R9')).toBeNull();
  });
});
