import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SeenBackup } from '../../src/aurora/fleet.ts';
import { foldHistory, historyRows } from '../../src/backups/history.ts';

const hour = 3_600_000;
const now = Date.parse('2026-11-23T16:44:00Z');
const span = { fromMs: now - 14 * 24 * hour, toMs: now };

function seenAt(hoursAgo: number, changes: Partial<SeenBackup> = {}): SeenBackup {
  const atMs = now - hoursAgo * hour;
  return {
    sha256: String(hoursAgo).padStart(64, '0'),
    contentAtMs: atMs,
    bytes: 1_000,
    tasks: 9,
    jobs: 3,
    verdict: 'ok',
    frameworkId: null,
    copies: [],
    firstSeenMs: atMs,
    lastSeenMs: now,
    ...changes,
  };
}

/** One an hour, the newest of an hour ago. */
const hourly = (hours: number): SeenBackup[] =>
  Array.from({ length: hours }, (_, index) => seenAt(index + 1));

describe('foldHistory()', () => {
  it('finds no gap where one backup an hour was written', () => {
    const { usualMs, gaps, whole } = foldHistory(hourly(48), span);

    expect({ usualMs, gaps, whole: whole.length }).toEqual({ usualMs: hour, gaps: [], whole: 48 });
  });

  it('finds what is longer than twice the usual interval, and what lasts', () => {
    const seen = hourly(48).filter((_, index) => index >= 2 && (index < 20 || index > 22));

    const { gaps } = foldHistory(seen, span);

    expect(gaps).toEqual([
      { fromMs: now - 24 * hour, toMs: now - 20 * hour },
      { fromMs: now - 3 * hour, toMs: null },
    ]);
  });

  it('a broken or unlivable one fills no gap, a suspicious one does', () => {
    const odd = (verdict: SeenBackup['verdict']) =>
      hourly(48).map((one, index) => (index >= 10 && index < 14 ? { ...one, verdict } : one));

    expect(foldHistory(odd('broken'), span).gaps).toHaveLength(1);
    expect(foldHistory(odd('unlivable'), span).unusable).toHaveLength(4);
    expect(foldHistory(odd('suspicious'), span).gaps).toEqual([]);
  });

  it('one from before the span says how old the newest was when it began', () => {
    const { whole, gaps } = foldHistory([seenAt(500), seenAt(340), seenAt(330), seenAt(2), seenAt(1)], span);

    expect(whole.map(({ atMs }) => (now - atMs) / hour)).toEqual([340, 330, 2, 1]);
    expect(gaps).toEqual([{ fromMs: now - 330 * hour, toMs: now - 2 * hour }]);
  });

  it.each([
    ['none', null],
    ['one before Aurora', 0],
    ['one of tomorrow', now + 24 * hour],
    ['one that is not a date', Number.MAX_SAFE_INTEGER],
  ])('a backup with %s for a time stands where it was first seen', (_, contentAtMs) => {
    const { whole } = foldHistory([seenAt(5, { contentAtMs })], span);

    expect(whole).toEqual([{ atMs: now - 5 * hour, bytes: 1_000, verdict: 'ok' }]);
  });

  it('of too few says nothing about gaps', () => {
    expect(foldHistory([seenAt(300), seenAt(2)], span)).toMatchObject({ usualMs: null, gaps: [] });
    expect(foldHistory([], span)).toMatchObject({ whole: [], usualMs: null, gaps: [] });
  });
});

describe('historyRows()', () => {
  it('has a row a day, newest first, and none from before the first backup', () => {
    const rows = historyRows(foldHistory(hourly(48), span), 14);

    expect(rows.map(({ whole }) => whole)).toEqual([16, 24, 8]);
    expect(rows.map(({ fromMs }) => new Date(fromMs).toISOString().slice(0, 10))).toEqual([
      '2026-11-23',
      '2026-11-22',
      '2026-11-21',
    ]);
  });

  it('counts every backup of the span once, in as many rows as there is room for', () => {
    const backup = fc.record({
      hoursAgo: fc.double({ min: 0, max: 24 * 40, noNaN: true }),
      verdict: fc.constantFrom('ok' as const, 'broken' as const, 'suspicious' as const),
    });
    fc.assert(
      fc.property(fc.array(backup), fc.integer({ min: 1, max: 90 }), (backups, days) => {
        const fromMs = now - days * 24 * hour;
        const seen = backups
          .map(({ hoursAgo, verdict }) => seenAt(hoursAgo, { verdict }))
          .filter(({ contentAtMs }) => (contentAtMs ?? 0) >= fromMs);

        const rows = historyRows(foldHistory(seen, { fromMs, toMs: now }), 14);

        expect(rows.length).toBeLessThanOrEqual(14);
        expect(rows.reduce((sum, row) => sum + row.whole + row.unusable, 0)).toBe(seen.length);
      }),
    );
  });

  it('marks the day on which a gap ended, and the one of a gap that lasts', () => {
    const seen = hourly(72).filter((_, index) => index >= 5 && (index < 30 || index > 34));

    const rows = historyRows(foldHistory(seen, span), 14);

    expect(rows.map(({ isGap }) => isGap)).toEqual([true, true, false, false]);
  });
});
