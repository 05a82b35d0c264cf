/**
 * What became of restores on real clusters, put to a pretend one. Both simulators of this project pass it, the one whose
 * schedulers are processes and the one in memory, so that neither drifts away from Aurora or from the other.
 */
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

/** What a scheduler answered; `no-reply` when the connection broke. */
export interface Said {
  readonly answer: 'ok' | 'error' | 'no-reply';
  readonly messages: readonly string[];
}

export interface RecordedBackup {
  readonly name: string;
  /** Where it lies. */
  readonly path: string;
  readonly bytes: Buffer;
  readonly frameworkId: string;
}

/** Three schedulers of one release and their Mesos, with nothing of the app between. */
export interface ClusterUnderTest {
  /** New logs on all hosts and the flags of recovery mode. Resolves when one is elected with READY storage. */
  enterRecoveryMode(): Promise<void>;
  /** Of the elected one. */
  isRegistered(): Promise<boolean>;
  stage(name: string): Promise<Said>;
  /** Ids, sorted. */
  listStaged(): Promise<readonly string[]>;
  commit(): Promise<Said>;
  /** Resolves when another one is elected. */
  findWhatBecameOfCommitter(): Promise<'ended' | 'lives on'>;
  /** All of them again, with their own flags but for the reconciliation, which is far away. Resolves when one has registered. */
  startNormally(): Promise<void>;
  /** The framework id that it has registered with. */
  registeredAs(): Promise<string | null>;
  /** By call; by the schedulers' own timers where nobody can call. Resolves when so many tasks were killed and launched. */
  reconcile(until: { killed: number; launched: number }): Promise<void>;
  /** Ids of what Mesos runs, sorted; a simulator that names replacements otherwise puts `-` and 36 characters behind job and instance. */
  running(): readonly string[];
  close(): Promise<void>;
}

export type StartCluster = (options: {
  auroraVersion: string;
  running: readonly string[];
  backup: RecordedBackup;
}) => Promise<ClusterUnderTest>;

const outcomeSchema = z.object({
  runningOnMesosAtRestore: z.array(z.string()),
  killed: z.array(z.string()),
  lostAndRescheduled: z.array(z.string()),
  kept: z.array(z.string()),
});

/** Up to 0.20 a process ends by itself after a commit in recovery mode, and up to 0.11 it does not answer it (recorded). */
const restores = [
  { folder: 'restore-staged', auroraVersion: '0.22.0', replies: true, after: 'lives on' },
  { folder: 'restore-outcomes/101', auroraVersion: '0.22.0', replies: true, after: 'lives on' },
  { folder: 'restore-outcomes/104', auroraVersion: '0.22.0', replies: true, after: 'lives on' },
  { folder: 'restore-recovery-tool', auroraVersion: '0.22.0', replies: true, after: 'lives on' },
  { folder: 'releases/0.9.0/restore', auroraVersion: '0.9.0', replies: false, after: 'ended' },
  { folder: 'releases/0.17.0/restore', auroraVersion: '0.17.0', replies: true, after: 'ended' },
  { folder: 'releases/0.20.0/restore', auroraVersion: '0.20.0', replies: true, after: 'ended' },
] as const;

export function describeRecordedRestores(simulator: string, start: StartCluster): void {
  describe(`recorded restores, put to ${simulator}`, () => {
    let cluster: ClusterUnderTest;
    afterEach(() => cluster.close());

    it.each(restores)(
      '$folder on $auroraVersion ends as it did on the real one',
      async ({ folder, auroraVersion, replies, after }) => {
        const { outcome, backup } = readRestore(folder);
        const running = [...outcome.runningOnMesosAtRestore].sort();
        cluster = await start({ auroraVersion, running, backup });

        await cluster.enterRecoveryMode();
        expect(await cluster.isRegistered()).toBe(false);
        expect(await cluster.commit()).toEqual({ answer: 'error', messages: ['No backup loaded.'] });
        const unknown = await cluster.stage('scheduler-backup-2001-01-01-00-00');
        expect(unknown.answer).toBe('error');
        expect(unknown.messages.join()).toMatch(/scheduler-backup-2001-01-01-00-00 does not exist\.$/);
        expect(await cluster.stage(backup.name)).toEqual({ answer: 'ok', messages: [] });
        const again = await cluster.stage(backup.name);
        expect(again).toEqual({ answer: 'error', messages: ['Another backup is already loaded.'] });
        const wanted = [...outcome.kept, ...outcome.lostAndRescheduled];
        expect(await cluster.listStaged()).toEqual(expect.arrayContaining(wanted));
        expect(await cluster.commit()).toEqual({ answer: replies ? 'ok' : 'no-reply', messages: [] });
        expect(await cluster.findWhatBecameOfCommitter()).toBe(after);

        await cluster.startNormally();
        expect(await cluster.registeredAs()).toBe(backup.frameworkId);
        expect(cluster.running()).toEqual(running);

        const { killed, lostAndRescheduled } = outcome;
        await cluster.reconcile({ killed: killed.length, launched: lostAndRescheduled.length });
        const now = cluster.running();
        const launched = now.filter((id) => !running.includes(id));
        expect(running.filter((id) => !now.includes(id))).toEqual([...killed].sort());
        expect(now.filter((id) => running.includes(id))).toEqual([...outcome.kept].sort());
        expect(jobInstances(launched)).toEqual(jobInstances(lostAndRescheduled));
      },
    );
  });
}

/** Job and instance of every id: the uuid at the end is each launch's own, and so is the time in front of older ones. */
function jobInstances(taskIds: readonly string[]): string[] {
  return taskIds.map((id) => id.slice(0, -37).replace(/^\d{13}-/, '')).sort();
}

function readRestore(folder: string): { outcome: z.infer<typeof outcomeSchema>; backup: RecordedBackup } {
  const directory = path.join(import.meta.dirname, '../fixtures', folder);
  const outcome = JSON.parse(fs.readFileSync(path.join(directory, 'outcome.json'), 'utf8')) as unknown;
  const name = fs.readdirSync(directory).find((file) => /^scheduler-backup-[\d-]+$/.test(file)) ?? '';
  const file = path.join(directory, name);
  const bytes = fs.readFileSync(file);
  return {
    outcome: outcomeSchema.parse(outcome),
    backup: { name, path: file, bytes, frameworkId: frameworkIdIn(bytes) },
  };
}

/** Read from the bytes around it, so that the test does not lean on the decoder it is about. */
function frameworkIdIn(backup: Buffer): string {
  const text = backup.toString('latin1');
  const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
  return new RegExp(`standin-${uuid}|${uuid}-\\d{4}`).exec(text)?.[0] ?? '';
}
