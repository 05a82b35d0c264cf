import fs from 'node:fs';
import { gzipSync } from 'node:zlib';
import { snapshot } from '../../../thrift/structs.ts';
import { encodeStruct } from '../../../thrift/tbinary.ts';
import { olderBackup, type RecordedDay } from './recorded-day.ts';

/** A backup that the scene puts on a host, and what is wrong with it. */
export interface SceneBackup {
  readonly host: string;
  readonly name: string;
  readonly takenAt: number;
  readonly kind: 'newest' | 'older' | 'truncated' | 'gzip';
}

const minuteMs = 60_000;

/** Ages in minutes on the three hosts, by index: the leader of the last hours is the second one. */
const plan: readonly { host: number; ageMinutes: number; kind: SceneBackup['kind'] }[] = [
  { host: 1, ageMinutes: 14, kind: 'newest' },
  { host: 1, ageMinutes: 74, kind: 'older' },
  { host: 2, ageMinutes: 134, kind: 'truncated' },
  { host: 0, ageMinutes: 135, kind: 'gzip' },
  { host: 2, ageMinutes: 194, kind: 'older' },
  { host: 2, ageMinutes: 254, kind: 'older' },
  { host: 0, ageMinutes: 314, kind: 'older' },
];

/**
 * Writes the backups into the hosts' directories and tells what is where. Names are minutes in UTC, as the
 * schedulers of the drill write them.
 */
export function writeBackups(
  story: RecordedDay,
  hosts: readonly { name: string; backupDirectory: string }[],
): SceneBackup[] {
  const nowMs = story.backupAt + 14 * minuteMs;
  return plan.flatMap(({ host: index, ageMinutes, kind }) => {
    const host = hosts[index];
    if (host === undefined) return [];
    const takenAt = nowMs - ageMinutes * minuteMs;
    const name = `scheduler-backup-${new Date(takenAt).toISOString().slice(0, 16).replace(/[T:]/g, '-')}`;
    const path = `${host.backupDirectory}/${name}`;
    fs.writeFileSync(path, bytesOf(story, { kind, takenAt }));
    fs.utimesSync(path, takenAt / 1000, takenAt / 1000);
    return [{ host: host.name, name, takenAt, kind }];
  });
}

function bytesOf(story: RecordedDay, backup: { kind: SceneBackup['kind']; takenAt: number }): Buffer {
  const whole = Buffer.from(
    encodeStruct(snapshot, backup.kind === 'newest' ? story.atBackup : olderBackup(story, backup.takenAt)),
  );
  if (backup.kind === 'truncated') return whole.subarray(0, Math.floor(whole.length * 0.6));
  return backup.kind === 'gzip' ? gzipSync(whole) : whole;
}
