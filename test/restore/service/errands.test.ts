import { describe, expect, it } from 'vitest';
import { AuroraError } from '../../../src/aurora/errors.ts';
import type { HostAgent } from '../../../src/aurora/hosts.ts';
import type { GrantPayload } from '../../../src/aurora/operations.ts';
import type { Person } from '../../../src/aurora/people.ts';
import { createErrands } from '../../../src/restore/service/errands.ts';
import { eastAccess } from '../../slack/support/cluster.ts';

const person = (userId: string, barred: string | null = null): Person => ({
  id: `T1:${userId}`,
  userId,
  teamId: 'T1',
  displayName: userId,
  barred,
});

/** `east`, whose approvers are Bo and the group with Cy; the agent does what it is asked, and says what it was asked. */
async function world({ isBusy = false, isOld = false } = {}) {
  const granted: GrantPayload[] = [];
  const access = await eastAccess();
  const agents = access.agents.map(
    (agent): HostAgent => ({
      ...agent,
      listHeldCopies: () =>
        isOld
          ? Promise.reject(new AuroraError({ code: 'agent-too-old', message: 'Too old.', hint: '' }))
          : Promise.resolve([]),
      perform: (request) => {
        granted.push(request.grant.payload);
        const { operationId, kind } = request;
        const evidence = { path: '/held', bytes: 1, movedTo: null } as never;
        return Promise.resolve({ operationId, kind, state: 'done', changed: true, evidence, finishedAt: 1 });
      },
    }),
  );
  const policy = { ...access.cluster.policy, approvers: ['U0BO'], approverGroups: ['S0ONCALL'] };
  const cluster = { ...access.cluster, policy };
  let fence = 6;
  const errands = createErrands({
    people: {
      findPerson: (userId) =>
        Promise.resolve(person(userId, userId === 'U0GUEST' ? 'guests never count' : null)),
      listGroup: () => Promise.resolve(['U0CY']),
    },
    clusters: new Map([['east', { ...access, cluster, agents }]]),
    leases: {
      acquire: ({ cluster: name, owner }) => {
        fence += 1;
        return Promise.resolve(isBusy ? null : { cluster: name, owner, fence });
      },
      renew: () => Promise.resolve(true),
      release: () => Promise.resolve(),
    },
    grants: { sign: (payload) => ({ payload, signature: '' }) },
    clock: { now: () => 5_000, sleep: () => Promise.resolve() },
    owner: 'bot-1',
    log: () => undefined,
  });
  return { errands, granted };
}

const sha256 = 'ab'.repeat(32);
const asked = { cluster: 'east', host: 'aurora-2', userId: 'U0ANA', why: 'before the migration' };
const backup = { name: 'scheduler-backup-2026-11-23-16-30', sha256 };

describe('errands', () => {
  it('hold for any full member, under the name of the content and a fence of its own', async () => {
    const { errands, granted } = await world();

    await errands.hold({ ...asked, ...backup });

    expect(granted).toMatchObject([
      {
        kind: 'hold-copy',
        restoreId: `errand-${sha256.slice(0, 24)}`,
        host: 'aurora-2',
        fence: 7,
        signers: [],
      },
    ]);
    await expect(errands.hold({ ...asked, ...backup, userId: 'U0GUEST' })).rejects.toThrow(
      /guests never count/,
    );
    expect(granted).toHaveLength(1);
  });

  it.each(['U0BO', 'U0CY'])(
    'let go for %s, an approver by name or by group, who signs it',
    async (approverId) => {
      const { errands, granted } = await world();

      await errands.release({ ...asked, sha256, approverId });

      expect(granted[0]?.signers).toMatchObject([{ person: `T1:${approverId}`, gate: 'errand', at: 5_000 }]);
    },
  );

  it.each([
    ['the one who asked, approver or not', { userId: 'U0BO', approverId: 'U0BO' }, /someone else/],
    ['who is no approver', { approverId: 'U0DAN' }, /not an approver of `east`/],
    ['a guest', { approverId: 'U0GUEST' }, /guests never count/],
  ])('do nothing for %s', async (_who, who, says) => {
    const { errands, granted } = await world();

    await expect(errands.release({ ...asked, sha256, ...who })).rejects.toThrow(says);
    await expect(errands.backUpNow({ ...asked, once: 'a1', ...who })).rejects.toThrow(says);
    expect(granted).toEqual([]);
  });

  it('asked for twice by one button are one operation', async () => {
    const { errands, granted } = await world();

    await errands.backUpNow({ ...asked, once: 'a1', approverId: 'U0BO' });
    await errands.backUpNow({ ...asked, once: 'a1', approverId: 'U0CY' });

    expect(new Set(granted.map(({ operationId }) => operationId))).toEqual(
      new Set(['errand-now-a1.aurora-2.back-up-now.1']),
    );
  });

  it.each([
    ['a restore goes on', { isBusy: true }, 'cluster-busy'],
    ['the agent knows no errands', { isOld: true }, 'agent-too-old'],
  ])('are not asked for while %s', async (_what, so, code) => {
    const { errands, granted } = await world(so);

    await expect(errands.hold({ ...asked, ...backup })).rejects.toMatchObject({ code });
    expect(granted).toEqual([]);
  });
});
