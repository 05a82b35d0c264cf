/** What an earlier version's agents have kept of a host, as today's judge by it. */
import { describe, expect, it } from 'vitest';
import { logsAfter } from '../../src/agent/host-history.ts';
import { judgeState } from '../../src/agent/host-rules.ts';
import { addRow, noHistory } from '../../src/agent/people/history.ts';
import { needOf } from '../../src/agent/people/needs.ts';
import type { OperationKind, OperationRequest } from '../../src/aurora/operations.ts';
import { moments, openOldAgents } from './moments.ts';

const agents = moments.flatMap((moment) =>
  ['aurora-1', 'aurora-2', 'aurora-3'].map((host): [string, string] => [moment, host]),
);

const journalOf = (moment: string, host: string) => {
  const journal = openOldAgents(moment).get(host);
  if (journal === undefined) throw new Error(`no ${host}`);
  return journal;
};

/** The last thing that the old bot asked for, as if it were this. */
const askLike = (journal: ReturnType<typeof journalOf>, kind: OperationKind): OperationRequest => {
  const asked = journal.listAfter(0).findLast(({ event }) => event === 'accepted')?.body as OperationRequest;
  return { ...asked, kind, params: {} };
};

describe.each(agents)('the journal of %s on %s', (moment, host) => {
  const isLived = moment.endsWith('second-look');

  it('has nothing that today cannot read, and takes the grants of a bot that knows no epoch', () => {
    const journal = journalOf(moment, host);
    const ids = new Set(journal.listAfter(0).map(({ operationId }) => operationId));

    expect([...ids].map((id) => journal.find(id)?.result?.state)).toEqual([...ids].map(() => 'done'));
    expect(journal.listUnfinished()).toEqual([]);
    expect(journal.lastGrant()).toMatchObject({ restoreId: 'R1', fence: journal.highestFence() });
    expect([...journal.knownRestores()]).toEqual(['R1']);
    expect(journal.isOlderThanEpochs()).toBe(true);
  });

  it('tells whose log is in place', () => {
    const logs = logsAfter(journalOf(moment, host).history());

    expect(logs).toEqual({
      madeBy: isLived ? null : 'R1',
      aside: new Map([['R1', null]]),
      lived: new Set(isLived ? ['R1'] : []),
      flags: isLived ? 'own' : 'recovery',
    });
  });

  it('lets no scheduler run as usual on the new log without two who signed the commit', () => {
    const journal = journalOf(moment, host);
    const { params, grant } = askLike(journal, 'start-scheduler');
    const logs = logsAfter(journal.history());
    const judge = (signers: (typeof grant.payload)['signers']) =>
      judgeState(
        {
          kind: 'start-scheduler',
          params,
          payload: { ...grant.payload, signers },
          now: grant.payload.issuedAt,
          clockSkewMs: 0,
        },
        {
          auroraVersion: '0.22.0',
          logs,
          isAside: true,
          isMakersAside: logs.madeBy !== null,
          flags: 'own',
          backUpNowAt: null,
          service: { state: 'stopped', held: true },
        },
      );
    const at = grant.payload.issuedAt;
    const [bo, cy] = ['U0BO', 'U0CY'].map((user) => ({ person: `T0DRILL:${user}`, gate: 'commit', at }));
    if (bo === undefined || cy === undefined) throw new Error('two people');

    expect(judge([bo])?.message ?? null).toEqual(
      isLived ? null : expect.stringContaining('two people have not signed'),
    );
    expect(judge([bo, cy])).toBeNull();
  });

  it('lets everything be put back without a signature before the commit, and with those of going back after it', () => {
    const journal = journalOf(moment, host);
    const history = journal.listAfter(0).reduce(addRow, noHistory);
    const state = {
      ...history,
      mode: 'held' as const,
      running: false,
      now: 0,
      aside: new Set(['R1']),
    };
    const need = (kind: OperationKind) =>
      needOf(askLike(journal, kind), { state, auroraVersion: '0.22.0' }).proven;

    expect(history.owner).toBe('R1');
    expect(need('put-back-log')).toBe(isLived ? 'go-back' : 'nobody');
    expect(need('start-scheduler')).toBe('commit');
    expect(need('reconcile-implicit')).toBe('release');
  });
});
