import { describe, expect, it } from 'vitest';
import { listInventory } from '../../src/backups/inventory.ts';
import { checkBlocks, countBlockChars } from '../../src/drill/slack/block-kit-rules.ts';
import { renderBackups } from '../../src/slack/messages/backups.ts';
import { proposeForm } from '../../src/slack/views/propose.ts';
import { eastAccess, readingAgent, unreachable } from '../slack/support/cluster.ts';

const whole = 'scheduler-backup-2026-11-23-16-30';
const gzip = 'scheduler-backup-2026-11-23-15-30';
const cut = 'scheduler-backup-2026-11-23-14-30';

describe('listInventory()', () => {
  it('merges equal files of several hosts, newest content first, and recommends the newest sound one', async () => {
    const { agents } = await eastAccess();

    const inventory = await listInventory(agents);

    expect(inventory).toMatchObject({ asked: 3, answered: 3, silent: [] });
    expect(inventory.items[0]).toMatchObject({
      sha256: inventory.recommended,
      report: { verdict: 'ok', tasks: { total: 9 }, jobs: 3 },
      copies: [
        { host: 'aurora-2', name: whole },
        { host: 'aurora-3', name: whole },
      ],
    });
    expect(inventory.items.map((item) => item.report.verdict)).toEqual(['ok', 'broken', 'broken']);
  });

  it('names hosts that did not answer, and goes on with the others', async () => {
    const inventory = await listInventory([
      readingAgent('aurora-1', { backups: unreachable('aurora-1') }),
      readingAgent('aurora-2', { backups: [whole] }),
    ]);

    expect(inventory).toMatchObject({
      asked: 2,
      answered: 1,
      silent: [{ host: 'aurora-1', why: 'The agent on aurora-1 does not answer.' }],
    });
    expect(inventory.items).toHaveLength(1);
  });

  it('recommends nothing when nothing is sound', async () => {
    const inventory = await listInventory([readingAgent('aurora-1', { backups: [gzip, cut] })]);

    expect(inventory.recommended).toBeNull();
    expect(inventory.items).toHaveLength(2);
  });
});

describe('renderBackups() and proposeForm()', () => {
  const view = (inventory: Awaited<ReturnType<typeof listInventory>>, all = false) =>
    renderBackups({
      cluster: 'east',
      inventory,
      losses: new Map(),
      lossesUnknown: 'The Mesos master does not answer.',
      all,
      now: (inventory.items[0]?.contentAtMs ?? 0) + 14 * 60_000,
    });

  it('say the best one first, and what is wrong with the others', async () => {
    const inventory = await listInventory((await eastAccess()).agents);

    const { text, blocks } = view(inventory);

    expect(text).toMatch(
      /^\*1 whole backup of `east`; the best is 14 min old\.\* 3 hosts asked, 3 answered\./,
    );
    expect(text).toContain('*broken*, not usable');
    expect(checkBlocks(blocks)).toMatchObject({ ok: true });
  });

  it('stay within the limits with hundreds of backups', async () => {
    const { items } = await listInventory((await eastAccess()).agents);
    const [first] = items;
    if (first === undefined) throw new Error('a backup is recorded');
    const many = Array.from({ length: 300 }, (_, n) => ({ ...first, sha256: `${n}`.padStart(64, '0') }));
    const inventory = {
      items: many,
      recommended: many[0]?.sha256 ?? null,
      asked: 7,
      answered: 7,
      silent: [],
    };

    const { blocks } = view(inventory, true);
    const checked = checkBlocks(blocks);

    expect(checked.ok && countBlockChars(checked.value)).toBeLessThan(10_000);
    expect(JSON.stringify(blocks)).toContain('and 270 older ones');
    const form = proposeForm({ cluster: 'east', clusters: ['east'], inventory, metadata: '', now: 0 });
    expect(JSON.stringify(form).match(/"value":"0{50}/g)?.length).toBeLessThanOrEqual(101);
  });
});
