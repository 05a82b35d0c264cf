import { describe, expect, it } from 'vitest';
import { AuroraError } from '../../src/aurora/errors.ts';
import type { SeenBackup } from '../../src/aurora/fleet.ts';
import { checkBlocks } from '../../src/local-slack/block-kit-rules.ts';
import type { Picture } from '../../src/slack/pictures/pictures.ts';
import { eastAccess } from '../slack/support/cluster.ts';
import { depsOver, readAloud, type } from './support.ts';

const hour = 3_600_000;
const now = Date.parse('2026-11-23T16:44:00Z');

/** One an hour for ten days, with a night without any, two that broke, and one that is suspicious. */
const tenDays = Array.from({ length: 240 }, (_, index) => index)
  .filter((hoursAgo) => hoursAgo < 60 || hoursAgo >= 66)
  .map((hoursAgo): SeenBackup => {
    const atMs = now - hoursAgo * hour - 13 * 60_000;
    return {
      sha256: String(hoursAgo),
      contentAtMs: atMs,
      bytes: 5_700_000 - hoursAgo * 10_000,
      tasks: 900,
      jobs: 30,
      verdict: hoursAgo % 100 === 90 ? 'broken' : hoursAgo === 120 ? 'suspicious' : 'ok',
      frameworkId: null,
      copies: [],
      firstSeenMs: atMs,
      lastSeenMs: now,
    };
  });

async function world(seen: readonly SeenBackup[] = tenDays) {
  const asked: { fromMs: number; toMs: number }[] = [];
  const shown: Picture[] = [];
  const deps = depsOver(await eastAccess(), {
    history: {
      listSeen: (_cluster, span) => {
        asked.push(span);
        return Promise.resolve(seen);
      },
    },
    pictures: {
      show: (place, picture) => {
        expect(place).toMatchObject({ channel: 'C0OPS', threadTs: null });
        shown.push(picture);
        return Promise.resolve();
      },
    },
  });
  return { deps, asked, shown };
}

describe('/aurora backups history', () => {
  it('tells a table that fits a phone, and shows the picture with the same words', async () => {
    const { deps, shown } = await world();

    const told = await type(deps, 'backups history');

    await expect(readAloud(told)).toMatchFileSnapshot('golden/backups-history.txt');
    const table = readAloud(told).split('```')[1]?.trim().split('\n') ?? [];
    expect(Math.max(...table.map((line) => line.length))).toBeLessThanOrEqual(36);
    expect(checkBlocks(typeof told === 'string' ? [] : (told[0]?.blocks ?? []))).toMatchObject({ ok: true });
    const [picture] = shown;
    expect(picture).toMatchObject({
      name: 'backups-east-2026-11-23.png',
      title: 'Backups of east, 2026-11-09 to 2026-11-23: size, and age of the newest whole one',
    });
    for (const words of ['usually every 1 h', '13 min old', '*1 gap* longer than 2 h: 7 h from', '2 broken'])
      expect(picture?.words).toContain(words);
    expect(picture?.svg).toContain('class="gap"');
  });

  it.each([
    ['', 14],
    ['30', 30],
    ['east 30', 30],
    ['30d east', 30],
    ['7 days', 7],
    ['2 weeks', 14],
    ['1w', 7],
    ['90', 90],
  ])('%j is about so many days', async (words, days) => {
    const { deps, asked } = await world();

    await type(deps, `backups history ${words}`);

    expect(asked).toEqual([{ fromMs: now - days * 24 * hour, toMs: now }]);
  });

  it.each([
    ['0', /^The history covers 1 to 90 days, not 0\. Such as/],
    ['91', /^The history covers 1 to 90 days, not 91\./],
    ['99 weeks', /not 693\./],
    ['-3', /^`-3` is neither a cluster nor a number of days\./],
    ['1e3', /is neither/],
    ['west', /^`west` is neither/],
    ['30 40', /is neither/],
    ['`<!here>`', /^`ˋ<!here>ˋ` is neither/],
  ])('asks back for %j', async (words, answer) => {
    const { deps, asked } = await world();

    expect(await type(deps, `backups history ${words}`)).toMatch(answer);
    expect(asked).toEqual([]);
  });

  it('tells the table all the same when the picture cannot be shown, and why', async () => {
    const { deps } = await world();
    const pictures = {
      show: () =>
        Promise.reject(
          new AuroraError({
            code: 'picture-failed',
            message: 'Slack does not let it in.',
            hint: 'Invite me.',
          }),
        ),
    };

    const told = await type({ ...deps, pictures }, 'backups history');

    expect(told).toHaveLength(2);
    expect(readAloud(told)).toMatch(/from {2}whole[\s\S]*Slack does not let it in\. Invite me\.\n$/);
  });

  it('of nothing says so, and draws nothing', async () => {
    const { deps, shown } = await world([]);

    expect(readAloud(await type(deps, 'backups history 7'))).toMatch(
      /^\*No whole backup of `east` was seen in 7 days\.\*\n/,
    );
    expect(shown).toEqual([]);
  });

  it('says that nobody keeps a history', async () => {
    expect(await type(depsOver(await eastAccess()), 'backups history')).toMatch(/keeps no history/);
  });
});
