import { describe, expect, it } from 'vitest';
import type { BackupVerdict } from '../../../src/aurora/backups.ts';
import type { SeenBackup } from '../../../src/aurora/fleet.ts';
import { foldHistory } from '../../../src/backups/history.ts';
import { axisOf, durationAxisOf, midnightsIn } from '../../../src/slack/pictures/axis.ts';
import { drawHistory, historySize } from '../../../src/slack/pictures/backup-history.ts';
import { renderPng } from '../../../src/slack/pictures/render-png.ts';

const hour = 3_600_000;
const toMs = Date.parse('2026-11-23T16:44:00Z');
const span = { fromMs: toMs - 7 * 24 * hour, toMs };

function drawn(verdictAt: (hoursAgo: number) => BackupVerdict | null, cluster = 'east'): string {
  const seen = Array.from({ length: 7 * 24 - 1 }, (_, index) => index + 1).flatMap(
    (hoursAgo): SeenBackup[] => {
      const verdict = verdictAt(hoursAgo);
      const atMs = toMs - hoursAgo * hour;
      const about = { bytes: 5_000_000, tasks: 9, jobs: 3, frameworkId: null, copies: [] };
      const times = { contentAtMs: atMs, firstSeenMs: atMs, lastSeenMs: toMs };
      return verdict === null ? [] : [{ ...about, ...times, sha256: String(hoursAgo), verdict }];
    },
  );
  return drawHistory(cluster, foldHistory(seen, span));
}

const count = (svg: string, part: string): number => svg.split(part).length - 1;

describe('drawHistory()', () => {
  it('hatches each gap in both panels, as wide as it was long', () => {
    const svg = drawn((hoursAgo) =>
      (hoursAgo > 20 && hoursAgo < 40) || (hoursAgo > 90 && hoursAgo < 100) ? null : 'ok',
    );

    const widths = [
      ...svg.matchAll(/class="gap" x="[\d.]+" y="\d+" width="([\d.]+)".*fill="url\(#hatch\)"/g),
    ].map(([, width]) => Number(width));
    expect(widths).toHaveLength(4);
    expect((widths[2] ?? 0) / (widths[0] ?? 1)).toBeCloseTo(2, 1);
    expect(svg).toContain('none for over 2 h');
  });

  it('without a gap hatches nothing, and does not explain it', () => {
    const svg = drawn(() => 'ok');

    expect(count(svg, 'class="gap"')).toBe(0);
    expect(svg).not.toContain('none for over');
  });

  it.each(['broken', 'unlivable', 'suspicious'] as const)(
    'marks what is %s by a shape of its own',
    (verdict) => {
      const svg = drawn((hoursAgo) => (hoursAgo === 30 || hoursAgo === 100 ? verdict : 'ok'));

      // Two, and the one that is explained below.
      expect(count(svg, `class="${verdict}"`)).toBe(3);
      for (const other of ['broken', 'unlivable', 'suspicious'].filter((one) => one !== verdict))
        expect(svg).not.toContain(other);
    },
  );

  it('says size, age and days at the axes', () => {
    const svg = drawn(() => 'ok');

    for (const label of ['>Size<', '>Age of the newest whole one<', '>6 MB<', '>1 h<', '>23 Nov<', '>0<'])
      expect(svg).toContain(label);
  });

  it('of many draws no more than can be seen, and what sticks out all the same', () => {
    const points = Array.from({ length: 20_000 }, (_, index) => index)
      .filter((index) => index !== 12_345 && index !== 12_346)
      .map((index) => ({
        atMs: span.fromMs + index * 30_000,
        bytes: index === 7_000 ? 90_000_000 : 5_000_000,
        verdict: 'ok' as const,
      }));
    const history = { ...span, whole: points, unusable: [], usualMs: 30_000, gaps: [] };

    const svg = drawHistory('east', history);

    expect(svg.length).toBeLessThan(80_000);
    // 90 of the 100 MB of the axis.
    expect(svg).toMatch(/<polyline points="[^"]* [\d.]+,227[ .\d,]/);
    expect(svg).toContain('>100 MB<');
  });

  it('of nothing says that nothing was seen', () => {
    expect(drawn(() => null)).toContain('none seen yet');
  });

  it('a name is a name, whatever it is made of', () => {
    expect(drawn(() => 'ok', '<script>&"')).toContain('Backups of &lt;script&gt;&amp;"');
  });
});

describe('axes', () => {
  it.each([
    [1, { step: 1, max: 1 }],
    [5_700, { step: 2_000, max: 6_000 }],
    [10_000_000, { step: 2_500_000, max: 10_000_000 }],
    [7.2e13, { step: 2e13, max: 8e13 }],
  ])('of %d bytes', (most, axis) => {
    expect(axisOf(most)).toEqual(axis);
  });

  it.each([
    [1, { step: 60_000, max: 60_000 }],
    [hour, { step: 15 * 60_000, max: hour }],
    [7 * hour, { step: 2 * hour, max: 8 * hour }],
    [200 * 24 * hour, { step: 200 * 24 * hour, max: 200 * 24 * hour }],
  ])('of %d ms', (most, axis) => {
    expect(durationAxisOf(most)).toEqual(axis);
  });

  it('have as many days as there is room for, the newest among them', () => {
    const days = midnightsIn({ fromMs: toMs - 90 * 24 * hour, toMs }, 6);

    expect(days.length).toBeLessThanOrEqual(6);
    expect(days.at(-1)).toBe(Date.parse('2026-11-23'));
    expect(midnightsIn({ fromMs: toMs - hour, toMs }, 6)).toEqual([]);
  });
});

describe('renderPng()', () => {
  it('makes a picture of that size, with words in it', async () => {
    const words = await renderPng(drawn(() => 'ok'));
    const wordless = await renderPng(drawn(() => 'ok').replaceAll(/<text.*<\/text>/g, ''));

    const header = Buffer.from(words.subarray(0, 24));
    expect(header.subarray(1, 4).toString()).toBe('PNG');
    expect([header.readUInt32BE(16), header.readUInt32BE(20)]).toEqual([
      historySize.width,
      historySize.height,
    ]);
    // A font that could not be read leaves no trace but this.
    expect(words.length).toBeGreaterThan(wordless.length * 1.2);
  });

  it('says that it cannot, and can again', async () => {
    await expect(renderPng('<svg')).rejects.toMatchObject({ code: 'picture-failed' });
    await expect(renderPng(drawn(() => null))).resolves.toBeInstanceOf(Uint8Array);
  });
});
