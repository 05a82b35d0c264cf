/** Whose an effect was that names no operation. */
import { describe, expect, it } from 'vitest';
import type { Recorded } from '../../../src/aurora/journal.ts';
import { attributeEffects } from '../../../src/drill/auto/attribute.ts';
import type { RestoreEvent } from '../../../src/restore/record/events.ts';

const witnessed = { 'start-scheduler': 'start', 'stop-scheduler': 'stop' } as const;

const requested = (at: number, operationId: string, kind: keyof typeof witnessed, host = 'aurora-1') =>
  record(at, { type: 'operation-requested', step: 'stop-schedulers', operationId, host, kind });
const finished = (at: number, operationId: string) =>
  record(at, {
    type: 'operation-finished',
    operationId,
    state: 'done',
    changed: true,
    evidence: {},
    message: '',
  });
const record = (at: number, event: RestoreEvent): Recorded<RestoreEvent> => ({
  restoreId: 'R1',
  seq: at,
  at,
  event,
  hash: '',
});
const effect = (at: number, word: string, operationId: string | null = null) => ({
  effect: word,
  operationId,
  at,
  changed: true,
});
const owners = (effects: readonly ReturnType<typeof effect>[], records: readonly Recorded<RestoreEvent>[]) =>
  attributeEffects(effects, { records, host: 'aurora-1', witnessed }).map(({ operationId }) => operationId);

describe('attributeEffects', () => {
  const records = [
    requested(10_000, 'stop.1', 'stop-scheduler'),
    requested(10_000, 'other', 'stop-scheduler', 'aurora-2'),
    requested(10_100, 'stop.1', 'stop-scheduler'),
    finished(12_000, 'stop.1'),
    requested(12_500, 'start.1', 'start-scheduler'),
    finished(14_000, 'start.1'),
    requested(14_100, 'stop.2', 'stop-scheduler'),
  ];

  it('gives it to the operation of that word during which its host saw it', () => {
    expect(owners([effect(11_000, 'stop'), effect(13_000, 'start')], records)).toEqual(['stop.1', 'start.1']);
  });

  it('allows a witness to be late, but not to take what belongs to the next', () => {
    const effects = [effect(12_600, 'stop'), effect(14_500, 'stop'), effect(99_000, 'stop')];

    expect(owners(effects, records)).toEqual(['stop.1', 'stop.2', 'stop.2']);
  });

  it('gives to nobody what nobody had asked for then', () => {
    expect(
      owners([effect(9_999, 'stop'), effect(20_000, 'start'), effect(11_000, 'block')], records),
    ).toEqual([null, null, null]);
  });

  it('leaves an effect that names its operation alone', () => {
    expect(owners([effect(11_000, 'stop', 'stop.9')], records)).toEqual(['stop.9']);
  });
});
