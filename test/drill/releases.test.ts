/**
 * The whole story on the oldest release that was recorded; kills.test.ts plays 0.17.0. The others are played by hand:
 * `npm run drill -- --auto --json --aurora-version 0.12.0` (docs/drill.md).
 */
import { describe, expect, it } from 'vitest';
import { playAuto } from '../../src/drill/auto/play.ts';
import { withDrill } from './support/drill.ts';

describe('a restore of another release, played to its end', () => {
  it('0.9.0: what was predicted happens, no effect twice and none lost', async () => {
    const { result, problems } = await withDrill(
      (world) => playAuto(world, { story: 'restore', print: () => undefined }),
      { auroraVersion: '0.9.0' },
    );

    expect(problems).toEqual([]);
    expect(result.outcome).toBe('completed');
    expect(result.observed).toEqual(result.predicted);
    expect(result.operations).toMatchObject({ repeated: 0, lost: 0 });
  }, 180_000);
});
