/** How effects are counted that no witness could give to an operation: by when they happened, and not at all when nobody tells. */
import { describe, expect, it } from 'vitest';
import type { Recorded } from '../../../src/aurora/journal.ts';
import type { OperationKind } from '../../../src/aurora/operations.ts';
import { tallyOperations } from '../../../src/drill/auto/tally.ts';
import type { RunningHost } from '../../../src/drill/hosts/drill-hosts.ts';
import type { Effect } from '../../../src/pretend-aurora/host/effect.ts';
import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import { untilStopped } from '../../restore/support/story.ts';

const requested = (operationId: string, kind: OperationKind): RestoreEvent => ({
  type: 'operation-requested',
  step: 'stop-schedulers',
  operationId,
  host: 'aurora-1',
  kind,
});
const finished = (operationId: string) => ({
  type: 'operation-finished' as const,
  operationId,
  state: 'done' as const,
  changed: true,
  evidence: {},
  message: '',
});
type Happening = { readonly at: number; readonly event: RestoreEvent };
const journalOf = (then: readonly Happening[]): readonly Recorded<RestoreEvent>[] =>
  [
    ...untilStopped().map((event) => ({ at: 0, event })),
    { at: 0, event: { type: 'step-started', step: 'stop-schedulers', attempt: 1 } as const },
    ...then,
  ].map(({ at, event }, index) => ({ restoreId: 'R1', seq: index + 1, at, event, hash: '' }));

/** A second for each event, and ten between a request and its end. */
const records = journalOf([
  { at: 1_000, event: requested('stop', 'stop-scheduler') },
  { at: 11_000, event: finished('stop') },
  { at: 21_000, event: requested('start', 'start-scheduler') },
  { at: 31_000, event: finished('start') },
]);

const happened = (at: number, effect: string): Effect => ({ effect, at, operationId: null, changed: true });
const stop = happened(2_000, 'stop');
const start = happened(22_000, 'start');

function hostTelling(readEffects: () => Promise<readonly Effect[]>): RunningHost {
  return {
    name: 'aurora-1',
    directory: '/nowhere',
    address: { ip: '10.0.0.1', edgeIp: '10.0.1.1', httpPort: 1, libprocessPort: 2, agentPort: 3 },
    paths: { log: '', backups: '', flags: '', held: '' },
    isSchedulerRunning: async () => true,
    readTraffic: async () => 'open',
    readEffects,
    machine: null,
  };
}
const count = (...effects: readonly Effect[]) => tallyOperations(records, [hostTelling(async () => effects)]);

describe('tallyOperations', () => {
  it('finds each effect once', async () => {
    expect(await count(stop, start)).toEqual({
      tally: { requested: 2, executed: 2, repeated: 0, lost: 0 },
      discrepancies: [],
    });
  });

  it('finds a start that happened twice, but not one that a boot has made', async () => {
    const twice = await count(stop, start, happened(23_000, 'start'));
    const boot = await count(stop, start, happened(23_000, 'started-by-boot'), happened(50_000, 'start'));

    expect(twice).toMatchObject({
      tally: { repeated: 1 },
      discrepancies: [{ operationId: 'start', seen: 2 }],
    });
    expect(boot).toMatchObject({ tally: { executed: 2, repeated: 0 }, discrepancies: [] });
  });

  it('finds an effect that is reported and was not seen', async () => {
    expect(await count(start)).toMatchObject({
      tally: { executed: 1, lost: 1 },
      discrepancies: [{ operationId: 'stop', seen: 0 }],
    });
  });

  it('takes nothing for right on a host that cannot be asked, and says so', async () => {
    const off = hostTelling(() => Promise.reject(new Error('no power')));

    expect(await tallyOperations(records, [off])).toEqual({
      tally: { requested: 2, executed: 0, repeated: 0, lost: 0, uncounted: 2 },
      discrepancies: [
        { operationId: 'stop', seen: null },
        { operationId: 'start', seen: null },
      ],
    });
  });

  it('leaves its call to the one that was answered when an earlier one of the same host was not', async () => {
    const stage = (operationId: string, at: number, answer: string) => [
      { at, event: requested(operationId, 'stage-backup') },
      { at: at + 1, event: { ...finished(operationId), evidence: { answer, messages: [], ms: 1 } } },
    ];
    const journal = journalOf([...stage('killed', 1_000, 'no-reply'), ...stage('again', 2_000, 'ok')]);
    const calls = (...at: readonly number[]) =>
      tallyOperations(journal, [hostTelling(async () => at.map((when) => happened(when, 'stageRecovery')))]);

    expect(await calls(2_001)).toMatchObject({ tally: { repeated: 0, lost: 0 }, discrepancies: [] });
    expect(await calls(1_001, 2_001)).toMatchObject({ tally: { repeated: 0, lost: 0 }, discrepancies: [] });
    expect(await calls()).toMatchObject({
      tally: { lost: 1 },
      discrepancies: [{ operationId: 'again', seen: 0 }],
    });
    expect(await calls(1_001, 2_001, 2_002)).toMatchObject({
      tally: { repeated: 1 },
      discrepancies: [{ operationId: 'again', seen: 2 }],
    });
  });
});
