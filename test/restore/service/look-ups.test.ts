/** People and groups as Slack knows them at the moment of a decision, when some of it cannot be asked. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Policy } from '../../../src/aurora/cluster.ts';
import type { Actor, RestoreEvent } from '../../../src/restore/record/events.ts';
import type { Answer } from '../../../src/restore/service/answer.ts';
import { dee, type Office, openOffice } from '../support/office.ts';
import { bo, cy, signed, untilCommitGate, untilLook, untilSigned } from '../support/story.ts';

const offices: Office[] = [];
const open = async (events: readonly RestoreEvent[]): Promise<Office> => {
  const office = await openOffice(events);
  offices.push(office);
  return office;
};
afterEach(async () => {
  await Promise.all(offices.splice(0).map((office) => office.close()));
});

const R1 = { restoreId: 'R1' };
const codeOf = (answer: Answer): string => (answer.ok ? 'ok' : answer.refusal.code);
const sign = ({ service }: Office, { userId }: Actor): Promise<Answer> =>
  service.take('sign-off', { ...R1, userId, gate: 'commit', digest: 'c1', comment: 'checked' });
const commit = ({ service }: Office, { userId }: Actor): Promise<Answer> =>
  service.take('commit', { ...R1, userId, digest: 'c1', typedCluster: 'east' });

/** The configuration of today. */
const configure = ({ cluster, clusters }: Office, policy: Partial<Policy>): void => {
  clusters.set('east', { cluster: { ...cluster, policy: { ...cluster.policy, ...policy } } });
};

describe('a look-up that fails takes no other decision with it', () => {
  const grouped = { policy: { approvers: ['UBO', 'UCY'], approverGroups: ['S1', 'SGONE'] } };
  const gone = (office: Office) => {
    office.people.groups.set('S1', ['UDEE']);
    office.people.silentAbout.add('SGONE');
  };

  it('approvers by name and of another group sign while one group cannot be read', async () => {
    const office = await open(untilCommitGate(grouped));
    gone(office);

    const answers = await Promise.all([bo, dee].map((who) => sign(office, who)));

    expect(answers.map(codeOf)).toEqual(['ok', 'ok']);
    expect(codeOf(await commit(office, bo))).toBe('ok');
  });

  it('the group counts nobody, and whoever may be in it is told so instead of being called no approver', async () => {
    const office = await open(untilCommitGate({ policy: { approvers: ['UBO'], approverGroups: ['SGONE'] } }));

    office.people.silentAbout.add('SGONE');

    const answer = await sign(office, cy);
    const who = await office.service.whoCanSign({ ...R1, gate: 'commit' });

    expect(answer).toMatchObject({
      ok: false,
      refusal: { code: 'group-unread', message: expect.stringMatching(/SGONE.*It counts nobody now\./) },
    });
    expect(who).toMatchObject({
      allowed: [{ userId: 'UBO' }],
      unread: [expect.stringContaining('SGONE')],
    });
  });

  it('an abort and a pause ask about no group', async () => {
    for (const name of ['pause', 'abort'] as const) {
      const office = await open(untilCommitGate(grouped));
      gone(office);
      office.people.asked.length = 0;

      expect(codeOf(await office.service.take(name, { ...R1, userId: 'UDEE', reason: 'wait' }))).toBe('ok');
      expect(office.people.asked).toEqual(['UDEE']);
    }
  });

  it('whoever acted in this restore before aborts it while Slack answers about nobody, and a stranger does not', async () => {
    const office = await open(untilCommitGate(grouped));
    office.people.up = false;
    const abort = (userId: string) => office.service.take('abort', { ...R1, userId, reason: 'wrong backup' });

    await expect(abort('UDEE')).rejects.toThrow(/Slack does not say/);
    expect(codeOf(await abort('UANA'))).toBe('ok');
    expect((await office.state()).phase).toBe('undo');
  });

  it('mending the configuration helps a restore of a group that cannot be read, and who was taken out of it is out', async () => {
    const office = await open(untilCommitGate({ policy: { approvers: ['UBO'], approverGroups: ['SGONE'] } }));
    office.people.groups.set('SNEW', ['UCY', 'UDEE']);
    office.people.silentAbout.add('SGONE');
    configure(office, { approvers: [], approverGroups: ['SNEW'] });

    const answers = await Promise.all([cy, dee, bo].map((who) => sign(office, who)));

    expect(answers.map(codeOf)).toEqual(['ok', 'ok', 'not-an-approver']);
  });

  it('one approver whom Slack does not know hides none of the others', async () => {
    const office = await open(
      untilCommitGate({ policy: { approvers: ['UNOBODY', 'UBO'], approverGroups: [] } }),
    );

    expect(await office.service.whoCanSign({ ...R1, gate: 'commit' })).toMatchObject({
      allowed: [{ userId: 'UBO' }],
      barred: [{ name: 'UNOBODY', why: 'Slack does not answer about them' }],
    });
  });

  it('a signer whom Slack does not answer about keeps the sign-off, and the order waits', async () => {
    const office = await open(untilSigned());
    office.people.silentAbout.add('UCY');

    expect(codeOf(await commit(office, bo))).toBe('people-unknown');
    expect((await office.state()).gates.commit?.signOffs).toHaveLength(2);

    office.people.silentAbout.clear();
    expect(codeOf(await commit(office, bo))).toBe('ok');
  });
});

describe('allowed is who was an approver when it was proposed, is one in the configuration now, and is in Slack now', () => {
  const look = () => open([...untilLook({ policy: { approvers: ['UBO', 'UCY'] } })]);
  const takes = {
    'let-reconcile': {},
    resume: {},
    'go-back': { reason: 'wrong backup' },
    'more-time': { byMs: 60_000 },
    pause: { reason: 'wait' },
    'look-again': {},
  };

  it('whoever is made one in the middle of a restore signs nothing in it', async () => {
    const office = await open(
      untilCommitGate({ policy: { approvers: ['UBO', 'UCY'], approverGroups: ['S1'] } }),
    );
    office.people.groups.set('S1', []);
    configure(office, { approvers: ['UBO', 'UCY', 'UDEE'] });

    expect(codeOf(await sign(office, dee))).toBe('not-an-approver');
    expect(await office.service.whoCanSign({ ...R1, gate: 'commit' })).toMatchObject({
      allowed: [{ userId: 'UBO' }, { userId: 'UCY' }],
      barred: [{ name: 'dee', why: 'not an approver when it was proposed' }],
    });
  });

  it('whoever changed from the list into a group of today still counts', async () => {
    const office = await open(untilCommitGate({ policy: { approvers: ['UBO', 'UCY'] } }));
    office.people.groups.set('SNEW', ['UBO']);
    configure(office, { approvers: [], approverGroups: ['SNEW'] });

    expect((await Promise.all([bo, cy].map((who) => sign(office, who)))).map(codeOf)).toEqual([
      'ok',
      'not-an-approver',
    ]);
  });

  it('a signer who was taken out of the configuration does not let it reconcile, and the other one does', async () => {
    const office = await look();
    configure(office, { approvers: ['UCY'] });

    const letReconcile = (who: Actor) => office.service.take('let-reconcile', { ...R1, userId: who.userId });
    expect(codeOf(await letReconcile(bo))).toBe('signer-fell');
    expect((await office.state()).look?.released).toBeNull();
    expect(codeOf(await letReconcile(cy))).toBe('ok');
  });

  it.each(['let-reconcile', 'resume', 'go-back'] as const)(
    '%s waits for a removed approver in vain',
    async (name) => {
      const office = await look();
      if (name === 'resume') await office.service.take('pause', { ...R1, userId: 'UDEE', reason: 'wait' });
      configure(office, { approvers: ['UCY'] });

      const answer = await office.service.take(name, { ...R1, userId: 'UBO', ...takes[name] } as never);

      expect(['signer-fell', 'not-an-approver']).toContain(codeOf(answer));
    },
  );

  it.each(['let-reconcile', 'go-back', 'more-time', 'pause'] as const)(
    '%s is nothing for somebody who was deactivated since',
    async (name) => {
      const office = await look();
      office.people.bar(bo, 'a deactivated account');

      const answer = await office.service.take(name, { ...R1, userId: 'UBO', ...takes[name] } as never);

      expect(codeOf(answer)).toBe('person-barred');
    },
  );

  it('more time waits for Slack to say who asks for it; a pause does not', async () => {
    const office = await look();
    office.people.up = false;

    await expect(office.service.take('more-time', { ...R1, userId: 'UBO', byMs: 60_000 })).rejects.toThrow(
      /Slack does not say/,
    );
    expect(codeOf(await office.service.take('pause', { ...R1, userId: 'UBO', reason: 'wait' }))).toBe('ok');
  });
});

describe('Slack allows few questions about groups', () => {
  it('an order to commit asks about each once for who gives it, and once for all signers', async () => {
    const office = await open(untilSigned({ policy: { approvers: [], approverGroups: ['S1', 'S2'] } }));
    office.people.groups.set('S1', ['UBO', 'UCY']);

    expect(codeOf(await commit(office, bo))).toBe('ok');

    expect(office.people.asked.filter((id) => id.startsWith('S')).sort()).toEqual(['S1', 'S1', 'S2', 'S2']);
  });

  it('and about none when everybody is named', async () => {
    const office = await open(untilSigned({ policy: { approvers: ['UBO', 'UCY'], approverGroups: ['S1'] } }));

    expect(codeOf(await commit(office, bo))).toBe('ok');

    expect(office.people.asked).not.toContain('S1');
  });
});

describe('a signer who fell', () => {
  it('makes place for another one at once, and the commit follows', async () => {
    const office = await open(untilSigned({ policy: { approvers: ['UBO', 'UCY', 'UDEE'] } }));
    office.people.bar(cy, 'deactivated people never count');

    expect(codeOf(await commit(office, bo))).toBe('signer-fell');
    expect((await office.state()).gates.commit?.signOffs.map(({ person }) => person.id)).toEqual([bo.id]);
    expect(codeOf(await sign(office, dee))).toBe('ok');
    expect(codeOf(await commit(office, bo))).toBe('ok');
  });

  it('is not missed where enough others stand', async () => {
    const story = untilSigned({ policy: { approvers: ['UBO', 'UCY', 'UDEE'] } });
    const office = await open([...story, signed('commit', dee, 'c1')]);
    office.people.bar(cy, 'deactivated people never count');

    expect(codeOf(await commit(office, bo))).toBe('ok');
    expect((await office.state()).gates.commit?.signOffs.map(({ person }) => person.id)).toEqual([
      bo.id,
      dee.id,
    ]);
  });
});
