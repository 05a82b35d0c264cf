/** A backup that no scheduler survives: refused at step 1, or restored without the tasks that kill, which somebody has chosen. */
import { afterEach, describe, expect, it } from 'vitest';
import type { BackupReport } from '../../../src/aurora/backups.ts';
import type { TaskRow } from '../../../src/aurora/tasks.ts';
import { decodeBackup } from '../../../src/backups/decode-backup.ts';
import type { RestoreState } from '../../../src/restore/record/state.ts';
import { livedOn } from '../../backups/lived-on.ts';
import { approving, openEngine, type PretendEngine } from '../support/pretend-engine.ts';
import { isOpen } from '../support/pretend-people.ts';
import { backupFile, backupTasks } from '../support/pretend-scene.ts';
import { bo, cy } from '../support/story.ts';

const engines: PretendEngine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

const neverPlaced: TaskRow = {
  taskId: 'www-prod-broken-0',
  jobKey: { role: 'www', environment: 'prod', name: 'broken' },
  instanceId: 0,
  status: 'INIT',
  flaw: 'no task events',
};

const unlivable: Pick<BackupReport, 'verdict' | 'reasons' | 'unlivable'> = {
  verdict: 'unlivable',
  reasons: ['No scheduler survives it: the task www-prod-broken-0 has no task events (.4[4].4).'],
  unlivable: {
    elements: 1,
    tasksToLeaveOut: 1,
    shown: [{ kind: 'task', name: 'www-prod-broken-0', path: '.4[4].4', why: 'no task events' }],
  },
};

async function begin(
  report: Partial<BackupReport>,
  asked: { leaveOutUnlivable?: boolean; procedure?: 'staged' | 'recovery-tool' } = {},
): Promise<PretendEngine> {
  const engine = await openEngine();
  engines.push(engine);
  engine.cluster.backup = { ...backupFile, report: { ...backupFile.report, ...report } };
  engine.cluster.backupRows = [...backupTasks, neverPlaced];
  await engine.propose(asked);
  await engine.startWorker();
  return engine;
}

const isOver = (state: RestoreState): boolean => state.ended !== null;
const atStopOrOver = (state: RestoreState): boolean => isOver(state) || state.gates.stop !== undefined;

describe('step 1', () => {
  it.each(livedOn().map((line) => [line.title, line] as const))('%s', async (_title, line) => {
    const { verdict, reasons, unlivable: found } = await decodeBackup([line.bytes()]);
    const engine = await begin({ verdict, reasons, ...(found !== undefined && { unlivable: found }) });

    const state = await engine.until('an answer', atStopOrOver);

    if (line.lives) expect(state.gates.stop?.status).toBe('open');
    else
      expect(state.ended).toMatchObject({
        outcome: 'failed',
        message: expect.stringMatching(/No scheduler survives/) as unknown,
      });
    expect(engine.effects.filter(({ kind }) => kind !== 'hold-backup')).toEqual([]);
  });

  it.each([
    [
      'nobody has chosen to leave them out',
      unlivable,
      {},
      /propose it again and tick that you will leave out the task/,
    ],
    [
      'more than tasks kills it, whatever was chosen',
      { ...unlivable, unlivable: { elements: 2, tasksToLeaveOut: 1, shown: [] } },
      { leaveOutUnlivable: true },
      /Choose another backup: `\/aurora backups` shows which ones are sound/,
    ],
    [
      'the recovery tool would take it whole, whatever was chosen',
      unlivable,
      { leaveOutUnlivable: true, procedure: 'recovery-tool' as const },
      /The recovery tool takes a backup as it is/,
    ],
  ])('refuses it where %s', async (_why, report, asked, hint) => {
    const engine = await begin(report, asked);

    const { ended } = await engine.until('the end', isOver, approving);

    expect(ended?.message).toMatch(/^No scheduler survives scheduler-backup-2026-11-23-16-30 from aurora-2/);
    expect(ended?.message).toMatch(hint);
    expect(engine.effects).toEqual([]);
  });
});

describe('without the tasks that kill', () => {
  const leavingOut = (engine: PretendEngine, digest: string) =>
    engine.service.take('leave-out', {
      restoreId: 'R1',
      digest,
      userId: bo.userId,
      jobs: [],
      taskIds: [neverPlaced.taskId],
      reason: 'nobody can live on it',
    });

  it('nobody signs or commits while one is in; then it is signed and completes', async () => {
    const engine = await begin(unlivable, { leaveOutUnlivable: true });
    const { facts, gates } = await engine.until('the commit gate', isOpen, approving);
    const digest = gates.commit?.digest ?? '';
    const vote = { restoreId: 'R1', gate: 'commit' as const, digest, comment: '' };

    const signed = await engine.service.take('sign-off', { ...vote, userId: cy.userId });
    const staged = await engine.service.listStaged('R1');
    const edited = await leavingOut(engine, digest);
    const again = await engine.until('the new summary', (seen) => seen.edits.length === 1 && isOpen(seen));

    expect(facts['summarise-staged']?.unlivable).toEqual({
      tasks: 1,
      shown: [{ taskId: 'www-prod-broken-0', job: 'www/prod/broken', flaw: 'no task events' }],
    });
    expect(signed).toMatchObject({ ok: false, refusal: { code: 'unlivable-staged' } });
    expect(staged.filter(({ flaw }) => flaw !== undefined)).toMatchObject([{ taskId: 'www-prod-broken-0' }]);
    expect(edited.ok).toBe(true);
    expect(again.facts['summarise-staged']).not.toHaveProperty('unlivable');

    const second = { ...vote, digest: again.gates.commit?.digest ?? '' };
    expect((await engine.service.take('sign-off', { ...second, userId: cy.userId })).ok).toBe(true);
    expect((await engine.service.take('sign-off', { ...second, userId: bo.userId })).ok).toBe(true);
    const state = await engine.until('the end', isOver, approving);
    expect(state.ended?.outcome).toBe('completed');
    expect(state.facts['verify-restored']).toMatchObject({ tasks: backupTasks.length });
  });

  it('what is staged is judged by what the scheduler shows, whatever was said of the file', async () => {
    const engine = await begin({});
    const { gates } = await engine.until('the commit gate', isOpen, approving);

    const answer = await engine.service.take('sign-off', {
      restoreId: 'R1',
      gate: 'commit',
      digest: gates.commit?.digest ?? '',
      comment: '',
      userId: cy.userId,
    });

    expect(answer).toMatchObject({ ok: false, refusal: { code: 'unlivable-staged' } });
  });

  it('the placed file is judged once more before anybody signs what the recovery tool would take', async () => {
    const engine = await begin({}, { procedure: 'recovery-tool' });

    const state = await engine.until('a person', ({ stuck }) => stuck !== null, approving);

    expect(state.stuck).toMatchObject({ step: 'summarise-backup', code: 'backup-unlivable' });
    expect(state.gates.commit).toBeUndefined();
  });

  it('one task alone is never compared: a scheduler lives on it', async () => {
    const engine = await begin({});
    engine.cluster.backupRows = [neverPlaced];

    const { facts } = await engine.until('the commit gate', isOpen, approving);

    expect(facts['summarise-staged']).not.toHaveProperty('unlivable');
  });
});
