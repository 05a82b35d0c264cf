/** A wrong release is refused before anybody is asked to approve anything, with both values named. */
import { afterEach, describe, expect, it } from 'vitest';
import type { BackupWriter } from '../../../src/aurora/backup-writer.ts';
import type { PretendCluster } from '../support/pretend-cluster.ts';
import { openEngine, type PretendEngine } from '../support/pretend-engine.ts';
import { backupFile, hostNames, originalFlags } from '../support/pretend-scene.ts';

let engine: PretendEngine | null = null;
afterEach(() => engine?.close());

/** Proposes a restore on cluster `east`, configured as 0.22.0; answers how it ended before the first gate. */
async function endOf(change: (cluster: PretendCluster) => void): Promise<string> {
  engine = await openEngine();
  change(engine.cluster);
  await engine.propose();
  await engine.startWorker();
  const state = await engine.until(
    'an end or a gate',
    ({ ended, gates }) => ended !== null || gates.stop !== undefined,
  );
  if (state.ended === null) return 'the stop gate is open';
  expect(engine.effects).toEqual([]);
  return state.ended.message;
}

function writtenBy(writer: BackupWriter): (cluster: PretendCluster) => void {
  return (cluster) => {
    cluster.backup = { ...backupFile, report: { ...backupFile.report, writer } };
  };
}

describe('a host that shows another release than the configured one', () => {
  it('by a flag that the configured release refuses', async () => {
    const message = await endOf((cluster) => {
      for (const host of cluster.hosts) host.flags = { ...originalFlags, zk_use_curator: 'true' };
    });

    expect(message).toContain('configured as Aurora 0.22.0');
    expect(message).toContain('-zk_use_curator, as only 0.14 to 0.18 does');
  });

  it('by a health page that is not there', async () => {
    const message = await endOf((cluster) => {
      const vars = { scheduler_lifecycle_ACTIVE: 1, framework_registered: 1 };
      const seen = { vars, leaderHealth: 404, storageReady: true };
      cluster.recorded = { hosts: new Map(hostNames.map((host) => [host, seen])), candidates: [] };
    });

    expect(message).toContain('configured as Aurora 0.22.0');
    expect(message).toContain('/leaderhealth does not exist, as only 0.12 or earlier does');
  });
});

describe('a backup of another release', () => {
  it.each<[string, BackupWriter, RegExp]>([
    [
      'that names itself',
      { version: '0.20.0', lifetime: { from: 20 }, storesOnlyInDump: false },
      /was written by Aurora 0\.20\.0; this cluster is configured as Aurora 0\.22\.0/,
    ],
    [
      'that is known by its form',
      { version: null, lifetime: { from: 13, to: 18 }, storesOnlyInDump: false },
      /by its form 0\.13 to 0\.18\); this cluster is configured as Aurora 0\.22\.0/,
    ],
  ])('%s is refused', async (_name, writer, expected) => {
    expect(await endOf(writtenBy(writer))).toMatch(expected);
  });

  it.each<[string, BackupWriter]>([
    ['its own by name', { version: '0.22.1', lifetime: { from: 21 }, storesOnlyInDump: false }],
    ['its own by form', { version: null, lifetime: { from: 21 }, storesOnlyInDump: false }],
  ])('%s is not', async (_name, writer) => {
    expect(await endOf(writtenBy(writer))).toBe('the stop gate is open');
  });
});
