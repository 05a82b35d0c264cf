import { describe, expect, it } from 'vitest';
import { AuroraError } from '../../src/aurora/errors.ts';
import type { HostAgent } from '../../src/aurora/hosts.ts';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { listInventory } from '../../src/backups/inventory.ts';
import { checkBlocks, checkView, countBlockChars } from '../../src/local-slack/block-kit-rules.ts';
import { renderBackups } from '../../src/slack/messages/backups.ts';
import { checkPropose, proposeForm, readBackup } from '../../src/slack/views/propose.ts';
import { east, eastAccess, readingAgent, unreachable } from '../slack/support/cluster.ts';

const asks = { ...east, userId: 'U0ANA' };

/** Answers that do not come count as late after this. */
const bound = { clock: systemClock, limitMs: 200 };
const list = (agents: readonly HostAgent[]) => listInventory(agents, bound);
const never = <T>(): Promise<T> => new Promise(() => undefined);

const whole = 'scheduler-backup-2026-11-23-16-30';
const gzip = 'scheduler-backup-2026-11-23-15-30';
const cut = 'scheduler-backup-2026-11-23-14-30';

describe('listInventory()', () => {
  it('merges equal files of several hosts, newest content first, and recommends the newest sound one', async () => {
    const { agents } = await eastAccess();

    const inventory = await list(agents);

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
    const inventory = await list([
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

  it('waits no longer than its bound for a frozen host, and tells it from one that still reads', async () => {
    const frozen = { ...readingAgent('aurora-1', {}), listBackups: never<never>, readStatus: never<never> };
    const reading = { ...readingAgent('aurora-2', {}), listBackups: never<never> };

    const inventory = await list([frozen, reading, readingAgent('aurora-3', { backups: [whole] })]);

    expect(inventory).toMatchObject({
      asked: 3,
      answered: 1,
      silent: [{ host: 'aurora-1', why: 'The agent on aurora-1 did not answer within 0.2 s.' }],
      reading: ['aurora-2'],
    });
    expect(inventory.items).toHaveLength(1);
  });

  it('takes a list that comes in the second half of its time', async () => {
    const agent = readingAgent('aurora-1', { backups: [whole] });
    let release = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      release = resolve;
    });
    // The list comes once the agent is asked for more: that is after half of the time.
    const slow: HostAgent = {
      ...agent,
      listBackups: () => asked.then(() => agent.listBackups()),
      readStatus: () => {
        release();
        return never();
      },
    };

    const inventory = await listInventory([slow], { clock: systemClock, limitMs: 2_000 });

    expect(inventory).toMatchObject({ answered: 1, silent: [], reading: [] });
  });

  it('counts an agent that refuses both questions as silent', async () => {
    const error = new AuroraError({ code: 'x', message: 'No.', hint: '' });
    const refusing = {
      ...readingAgent('aurora-1', { status: error }),
      listBackups: never<never>,
    };

    const inventory = await list([refusing]);

    expect(inventory.silent).toHaveLength(1);
  });

  it('recommends nothing when nothing is sound', async () => {
    const inventory = await list([readingAgent('aurora-1', { backups: [gzip, cut] })]);

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
      held: [],
      all,
      now: (inventory.items[0]?.contentAtMs ?? 0) + 14 * 60_000,
    });

  it('say the best one first, and what is wrong with the others', async () => {
    const inventory = await list((await eastAccess()).agents);

    const { text, blocks } = view(inventory);

    expect(text).toMatch(
      /^\*1 whole backup of `east`; the best is 14 min old\.\* 3 hosts asked, 3 answered\./,
    );
    expect(text).toContain('*broken*, not usable');
    expect(checkBlocks(blocks)).toMatchObject({ ok: true });
  });

  it('say which hosts are missing, and that the best one may lie there', async () => {
    const [first, second] = (await eastAccess()).agents;
    if (first === undefined || second === undefined) throw new Error('east has three hosts');
    const late = { ...first, listBackups: never<never>, readStatus: never<never> };
    const busy = { ...readingAgent('aurora-3', {}), listBackups: never<never> };
    const inventory = await list([late, second, busy]);

    const { text } = view(inventory);
    const form = proposeForm({ cluster: 'east', clusters: ['east'], inventory, asks, metadata: '', now: 0 });

    expect(text).toMatch(/the best that was seen is 14 min old\.\* 3 hosts asked, 1 answered\.\n/);
    for (const said of [text, JSON.stringify(form)]) {
      expect(said).toContain('The agent on aurora-1 did not answer within 0.2 s.');
      expect(said).toContain('aurora-3 answers but is still reading backups');
      expect(said).toContain('A newer backup may be there.');
    }
    expect(view(await list([late])).text).toMatch(/^\*No backup of `east` was seen yet\.\* 1 host asked, 0/);
  });

  it('never recommend or preselect what no scheduler survives, and offer it only where leaving out cures it', async () => {
    const curable = 'scheduler-backup-2026-11-29-22-49';
    const agents = [
      ...(await eastAccess()).agents.slice(1, 2),
      readingAgent('aurora-3', { backups: [curable, 'scheduler-backup-2026-11-29-22-30'] }),
    ];
    const inventory = await list(agents);
    const [newest, second] = inventory.items;

    const { text } = view(inventory);
    const form = proposeForm({ cluster: 'east', clusters: ['east'], inventory, asks, metadata: '', now: 0 });
    const [, backups, leaveOut] = form.blocks as {
      element: { options: { value: string }[]; initial_option: unknown };
    }[];

    expect([newest?.report.verdict, second?.report.verdict]).toEqual(['unlivable', 'unlivable']);
    expect(inventory.recommended).toBe(inventory.items.find(({ report }) => report.verdict === 'ok')?.sha256);
    expect(text).toContain('*1 whole backup of');
    expect(text).toContain(
      '*unlivable*, only if 30 tasks of it are left out: No scheduler survives it: the task',
    );
    expect(text).toContain(
      '*unlivable*, not usable: No scheduler survives it: the quota without a name has no role',
    );
    expect(backups?.element.options.map(({ value }) => value)).toEqual([
      `without:${newest?.sha256}`,
      inventory.recommended,
    ]);
    expect(backups?.element.initial_option).toMatchObject({ value: inventory.recommended });
    expect(JSON.stringify(leaveOut)).toContain('I will leave out the tasks');
    expect(checkView(form)).toMatchObject({ ok: true });
  });

  it('a backup that kills is sent off only by somebody who ticks what has to happen with it', () => {
    const kills = { cluster: 'east', 'backup-east': 'without:ab', reason: 'log corrupt' };
    const sound = { cluster: 'east', 'backup-east': 'ab', reason: 'log corrupt' };
    const ticked = { 'leave-out-unlivable-east': ['leave-out'] };

    expect(checkPropose({ values: kills, chosen: {} })).toMatchObject({
      'leave-out-unlivable-east': expect.stringContaining('No scheduler survives that backup') as unknown,
    });
    expect(checkPropose({ values: kills, chosen: ticked })).toBeNull();
    expect(checkPropose({ values: sound, chosen: {} })).toBeNull();
    expect(checkPropose({ values: { ...sound, reason: ' \u200b' }, chosen: {} })).toHaveProperty('reason');
    expect(readBackup({ values: kills, chosen: ticked }, 'east')).toEqual({ sha256: 'ab', leaveOut: true });
    expect(readBackup({ values: sound, chosen: {} }, 'east')).toEqual({ sha256: 'ab', leaveOut: false });
  });

  it('stay within the limits with hundreds of backups', async () => {
    const { items } = await list((await eastAccess()).agents);
    const [first] = items;
    if (first === undefined) throw new Error('a backup is recorded');
    const many = Array.from({ length: 300 }, (_, n) => ({ ...first, sha256: `${n}`.padStart(64, '0') }));
    const inventory = {
      items: many,
      recommended: many[0]?.sha256 ?? null,
      asked: 7,
      answered: 7,
      silent: [],
      reading: [],
      unread: [],
    };

    const { blocks } = view(inventory, true);
    const checked = checkBlocks(blocks);

    expect(checked.ok && countBlockChars(checked.value)).toBeLessThan(10_000);
    expect(JSON.stringify(blocks)).toContain('and 270 older ones');
    const form = proposeForm({ cluster: 'east', clusters: ['east'], inventory, asks, metadata: '', now: 0 });
    expect(JSON.stringify(form).match(/"value":"0{50}/g)?.length).toBeLessThanOrEqual(101);
  });
});
