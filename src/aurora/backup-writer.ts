/**
 * Which release wrote a backup, and whether another one may restore it. A scheduler's OK is no proof: releases stage
 * each other's backups and lose resources, or die at their next start (aurora-versions.md, "Backups of other releases").
 */
import { type Lifetime, lifetimeText, livesIn } from './lifetime.ts';
import { minorOf, type Release } from './releases.ts';

export interface BackupWriter {
  /** The version that the backup names itself; `null` when it names none, or a placeholder (a commit writes those). */
  readonly version: string | null;
  /** Releases that write backups of this form. */
  readonly lifetime: Lifetime;
  /** Quotas, hosts or updates are in the SQL dump alone (0.17 and 0.18 with `-snapshot_hydrate_stores` cut short). */
  readonly storesOnlyInDump: boolean;
}

/** What in a backup tells its writer. Absent means that the backup is silent about it (no tasks, no metadata). */
export interface BackupMarks {
  readonly details?: Readonly<Record<string, string>>;
  readonly hasMetadata: boolean;
  readonly apiVersion: boolean;
  readonly dbScript: boolean;
  readonly locks: boolean;
  readonly jobUpdates: boolean;
  readonly maintenanceRequests: boolean;
  readonly quotasAndHosts: boolean;
  /** Of one task. */
  readonly task?: { readonly scalars: boolean; readonly set: boolean; readonly ownerRole: boolean };
}

export function writerOf(marks: BackupMarks): BackupWriter {
  const { task, details } = marks;
  const lifetimes: (readonly [boolean, Lifetime])[] = [
    [details !== undefined, { from: 10 }],
    [marks.hasMetadata && details === undefined, { to: 9 }],
    [marks.apiVersion, { to: 10 }],
    [marks.dbScript, { from: 13, to: 18 }],
    [marks.locks, { to: 19 }],
    [marks.jobUpdates, { from: 6 }],
    [marks.maintenanceRequests, { from: 21 }],
    [!marks.maintenanceRequests, { to: 20 }],
    [task?.scalars === true, { to: 19 }],
    [task?.scalars === false, { from: 20 }],
    [task?.set === true, { from: 14 }],
    [task?.set === false, { to: 13 }],
    [task?.ownerRole === true, { to: 12 }],
  ];
  return {
    version: versionIn(details ?? {}),
    lifetime: lifetimes.reduce<Lifetime>(
      (common, [applies, one]) => (applies ? intersect(common, one) : common),
      {},
    ),
    storesOnlyInDump: marks.dbScript && !marks.quotasAndHosts,
  };
}

/** Scheduler ← writer, shown to work by staging, committing and restarting (test/fixtures/releases). */
const proven: readonly (readonly [scheduler: number, writer: number])[] = [
  [17, 20],
  [20, 17],
];

/** Why this release must not restore that backup, as a sentence naming both; `null` when it may. */
export function explainForeign(writer: BackupWriter, release: Release): string | null {
  const named = writer.version === null ? null : minorOf(writer.version);
  const writtenBy = (minor: number) => (named === null ? livesIn(writer.lifetime, minor) : named === minor);
  if (writtenBy(release.minor)) return null;
  const pair = proven.find(([scheduler, other]) => scheduler === release.minor && writtenBy(other));
  if (pair !== undefined && !writer.storesOnlyInDump) return null;
  const loss =
    pair === undefined ? '' : ', and keeps its quotas in an SQL dump that this release does not read';
  return `it was written by ${describeWriter(writer)}${loss}; this cluster is configured as Aurora ${release.version}.`;
}

/** `Aurora 0.20.0`, or what its form tells. */
export function describeWriter({ version, lifetime }: BackupWriter): string {
  if (version !== null) return `Aurora ${version}`;
  const { from = 0, to = Infinity } = lifetime;
  return from > to
    ? 'no release that is known'
    : `a release that it does not name (by its form ${lifetimeText(lifetime)})`;
}

/** Up to 0.19 the keys had a prefix; placeholders are no version. */
function versionIn(details: Readonly<Record<string, string>>): string | null {
  const version = details['version'] ?? details['build.version'] ?? '';
  return minorOf(version) === null ? null : version;
}

function intersect(one: Lifetime, other: Lifetime): Lifetime {
  const from = Math.max(one.from ?? 0, other.from ?? 0);
  const to = Math.min(one.to ?? Infinity, other.to ?? Infinity);
  return { ...(from > 0 && { from }), ...(to < Infinity && { to }) };
}
