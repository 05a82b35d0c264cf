/** What is wrong with the newest backup, before anybody looks for one. */
import fs from 'node:fs';
import { AuroraError } from '../../aurora/errors.ts';
import { scheduleStatuses } from '../../aurora/tasks.ts';
import { hostPaths } from '../../pretend-aurora/host/host-dir.ts';
import { JavaFailure } from '../../pretend-aurora/scheduler/storage/java-failure.ts';
import { readAsJava } from '../../pretend-aurora/scheduler/storage/java-reader.ts';
import { causeOfDeath } from '../../pretend-aurora/scheduler/storage/life-rules.ts';
import type { Snapshot } from '../../pretend-aurora/scheduler/storage/store.ts';
import { snapshot } from '../../thrift/structs.ts';
import { encodeStruct } from '../../thrift/tbinary.ts';
import type { Fault } from './fault.ts';
import { beforehand } from './moments.ts';

const laterMs = 5 * 60_000;
const neverPlaced = 3;

export const unlivableBackup: Fault = {
  name: 'unlivable-backup',
  what: 'The newest backup holds tasks without task events: it is staged and committed with OK, and every scheduler that loads it dies.',
  usually: beforehand,
  onlyAt: [beforehand],
  run: async ({ world }) => {
    const found = world.hosts.flatMap((host) => readBackups(host));
    const [newest] = found.sort((a, b) => (b.backup.timestamp ?? 0) - (a.backup.timestamp ?? 0));
    if (newest === undefined) throw noBackup();
    const at = (newest.backup.timestamp ?? 0) + laterMs;
    const name = `scheduler-backup-${new Date(at).toISOString().slice(0, 16).replace(/[T:]/g, '-')}`;
    const path = `${newest.directory}/${name}`;
    await fs.promises.writeFile(path, encodeStruct(snapshot, withTasksNeverPlaced(newest.backup, at)));
    await fs.promises.utimes(path, at / 1000, at / 1000);
    return `${newest.host} has written ${name}, with ${neverPlaced} tasks without task events.`;
  },
};

/** Whole backups that a scheduler can live on, on one host. */
function readBackups(host: { name: string; directory: string }): {
  host: string;
  directory: string;
  backup: Snapshot;
}[] {
  const directory = hostPaths(host.directory).backups;
  return fs.readdirSync(directory).flatMap((name) => {
    const backup = readWhole(`${directory}/${name}`);
    const isGood = (backup?.tasks ?? []).length > 0;
    return backup !== null && isGood && causeOfDeath(backup) === null
      ? [{ host: host.name, directory, backup }]
      : [];
  });
}

function readWhole(path: string): Snapshot | null {
  try {
    return readAsJava(snapshot, fs.readFileSync(path));
  } catch (thrown) {
    if (thrown instanceof JavaFailure) return null;
    throw thrown;
  }
}

/** As a scheduler leaves them whose own name does not resolve while a job is created (aurora.md 16). */
function withTasksNeverPlaced(backup: Snapshot, at: number): Snapshot {
  const [first, ...rest] = backup.tasks ?? [];
  const orphans = Array.from({ length: neverPlaced }, (_, instanceId) => ({
    ...first,
    assignedTask: {
      task: first?.assignedTask?.task,
      taskId: `never-placed-${instanceId}-00000000-0000-4000-8000-${String(at).padStart(12, '0').slice(-12)}`,
      instanceId,
    },
    status: scheduleStatuses.INIT,
    taskEvents: [],
  }));
  return { ...backup, timestamp: at, tasks: [...(first === undefined ? [] : [first]), ...rest, ...orphans] };
}

function noBackup(): AuroraError {
  return new AuroraError({
    code: 'fault-impossible',
    message: 'No host has a backup that one could be made of.',
    hint: 'Start the drill in a new directory.',
  });
}
