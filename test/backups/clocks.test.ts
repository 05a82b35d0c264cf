/** Backups whose time cannot be right: somebody's clock was wrong, and nobody may be told that they are fresh. */
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/aurora/clock.ts';
import type { HostAgent } from '../../src/aurora/hosts.ts';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { listInventory } from '../../src/backups/inventory.ts';
import { checkBlocks, checkView } from '../../src/local-slack/block-kit-rules.ts';
import { renderBackups } from '../../src/slack/messages/backups.ts';
import { proposeForm } from '../../src/slack/views/propose.ts';
import { east, readingAgent } from '../slack/support/cluster.ts';

const asks = { ...east, userId: 'U0ANA' };

const now = Date.parse('2026-11-23T17:00:00Z');
const clock: Clock = { now: () => now, sleep: systemClock.sleep };
const minute = 60_000;
const hour = 60 * minute;
const file = 'scheduler-backup-2026-11-23-16-30';

/** One host with sound backups of these times, each another content. */
async function inventoryOf(times: Readonly<Record<string, number | null>>) {
  const agent = readingAgent('aurora-1', {});
  const report = await readingAgent('aurora-1', { backups: [file] }).inspectBackup(file);
  const host: HostAgent = {
    ...agent,
    listBackups: () =>
      Promise.resolve(
        Object.entries(times).map(([name, timestampMs]) => ({
          name,
          bytes: report.bytes,
          mtimeMs: 0,
          report: { ...report, timestampMs, sha256: name },
        })),
      ),
  };
  return await listInventory([host], { clock, limitMs: 1_000 });
}

const shown = (inventory: Awaited<ReturnType<typeof inventoryOf>>) =>
  renderBackups({
    cluster: 'east',
    inventory,
    losses: new Map(),
    lossesUnknown: null,
    held: [],
    all: true,
    now,
  });

describe('a backup whose time lies ahead of our clock', () => {
  it('is listed behind those whose age is known, is not recommended, and says that clocks disagree', async () => {
    const inventory = await inventoryOf({ ahead: now + 2 * hour, fresh: now - 30 * minute });

    const { text, blocks } = shown(inventory);
    const form = proposeForm({ cluster: 'east', clusters: ['east'], inventory, asks, metadata: '', now });

    expect(inventory.items.map(({ sha256 }) => sha256)).toEqual(['fresh', 'ahead']);
    expect(inventory.recommended).toBe('fresh');
    expect(text).toContain('the best is 30 min old');
    expect(text).toMatch(/\*2 h ahead of our clock\*.*\n\*Its age is unknown\*: the clocks disagree\./);
    expect(JSON.stringify(form)).toContain('2 h ahead of our clock ·');
    expect(checkBlocks(blocks)).toMatchObject({ ok: true });
    expect(checkView(form)).toMatchObject({ ok: true });
  });

  it('is recommended by nothing when there is no other, and can still be chosen', async () => {
    const inventory = await inventoryOf({ ahead: now + 2 * hour });

    const { text, blocks } = shown(inventory);

    expect(inventory.recommended).toBeNull();
    expect(text).toMatch(/^\*No sound backup of `east` has a plausible timestamp\.\* .* Check the clocks/);
    expect(JSON.stringify(blocks)).toContain('Start a restore');
  });

  it('blames no clock when those who hold the sound ones have not answered', async () => {
    const known = await inventoryOf({ fresh: now - 30 * minute });
    const away: typeof known = {
      ...known,
      recommended: null,
      answered: 0,
      items: known.items.map((item) => {
        const [{ asOfMs: _, ...first }] = item.copies;
        return { ...item, copies: [{ ...first, asOfMs: now - hour }] };
      }),
    };

    expect(shown(away).text).toMatch(
      /^\*No host with a sound backup of `east` has answered\.\* .* The newest that is known is 30 min old\./,
    );
  });

  it('is taken as it is when the clocks differ by less than a minute', async () => {
    const inventory = await inventoryOf({ fresh: now + 40_000, older: now - hour });

    expect(inventory.recommended).toBe('fresh');
    expect(shown(inventory).text).toContain('the best is 0 s old');
  });
});

describe('a time that nobody can believe', () => {
  it.each([
    ['of a machine that had started in 1970', 86_400_000, 'a date before Aurora existed'],
    ['in seconds, where milliseconds belong', Math.floor(now / 1_000), 'a date before Aurora existed'],
    ['in microseconds', now * 1_000, ' d 15 h ahead of our clock'],
    ['that is not a date', 9e18, '9000000000000000000 ms, which is not a date'],
    ['before there were any', -9e18, 'a date before Aurora existed'],
  ])('%s is shown, and never recommended', async (_what, odd, words) => {
    const inventory = await inventoryOf({ odd, old: now - 9 * hour });

    const { text, blocks } = shown(inventory);

    expect(inventory.recommended).toBe('old');
    expect(inventory.items.map(({ sha256 }) => sha256)).toEqual(['old', 'odd']);
    expect(text).toContain(words);
    expect(text).toContain('*Its age is unknown*');
    expect(checkBlocks(blocks)).toMatchObject({ ok: true });
  });
});

it('the hour that comes twice in autumn: names repeat, and what is newest is told by the time inside', async () => {
  const second = Date.parse('2026-10-25T01:30:00Z');
  const first = Date.parse('2026-10-25T00:30:00Z');

  const inventory = await inventoryOf({
    'scheduler-backup-2026-10-25-02-59': first + 29 * minute,
    'scheduler-backup-2026-10-25-02-30': second,
    'scheduler-backup-2026-10-25-02-31': first + minute,
  });

  expect(inventory.items.map(({ copies }) => copies[0].name.slice(-5))).toEqual(['02-30', '02-59', '02-31']);
});
