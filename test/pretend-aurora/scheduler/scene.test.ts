import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TaskRow } from '../../../src/aurora/tasks.ts';
import { inspectBackup } from '../../../src/backups/inspect-backup.ts';
import { readTaskRows } from '../../../src/backups/task-rows.ts';
import { hostPaths } from '../../../src/pretend-aurora/host/host-dir.ts';
import { Replica } from '../../../src/pretend-aurora/mesos/log/replica.ts';
import { buildScene, type Scene, type SceneHost } from '../../../src/pretend-aurora/scheduler/scene.ts';
import { wholeBlastRadius } from '../../support/whole-blast-radius.ts';

let directory: string;

beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'scene-'));
});
afterEach(() => fs.rmSync(directory, { recursive: true }));

function build(name: string, changes: { lostLogs?: boolean } = {}): { scene: Scene; hosts: SceneHost[] } {
  const hosts = [1, 2, 3].map((number) => ({
    name: `aurora-${number}`,
    directory: path.join(directory, name, `aurora-${number}`),
    ip: '127.0.0.1',
    httpPort: 8080 + number,
    libprocess: `127.0.0.1:${9080 + number}`,
  }));
  const scene = buildScene({
    ...changes,
    cluster: 'east',
    hosts,
    nowMs: Date.parse('2026-11-23T14:16:00Z'),
    seed: 'test',
    zookeeper: '127.0.0.1:2181',
    mesos: { address: 'zk://127.0.0.1:2181/mesos', url: 'http://127.0.0.1:5050' },
    time: {},
    zookeeperTimeouts: { sessionTimeoutMs: 1, logSessionTimeoutMs: 1, deadlineMs: 1 },
  });
  return { scene, hosts };
}

function fileOf({ scene, hosts }: ReturnType<typeof build>, kind: string): string {
  const backup = scene.backups.find((one) => one.kind === kind);
  const host = hosts.find(({ name }) => name === backup?.host);
  return path.join(hostPaths(host?.directory ?? '').backups, backup?.name ?? '');
}

describe('the scene of the story', () => {
  it('a restore of its newest backup kills 3, starts 4 again and keeps 5, by the preview of the product', async () => {
    const built = build('a');
    const rows = await Array.fromAsync(readTaskRows(fileOf(built, 'newest')));
    const running = built.scene.mesos.tasks.map(({ taskId, name }) => ({ taskId, name }));

    const radius = wholeBlastRadius({ backup: rows, running });

    const ids = (tasks: readonly TaskRow[]) => tasks.map(({ taskId }) => taskId);
    expect([radius.killed.length, radius.rescheduled.length, radius.kept.length]).toEqual([3, 4, 5]);
    expect({
      killed: ids(radius.killed),
      rescheduled: ids(radius.rescheduled),
      kept: ids(radius.kept),
    }).toEqual(built.scene.outcome);
  });

  it.each([
    ['newest', 'ok'],
    ['older', 'ok'],
    ['truncated', 'broken'],
    ['gzip', 'broken'],
  ])('its %s backup is %s', async (kind, verdict) => {
    const report = await inspectBackup(fileOf(build('a'), kind));

    expect(report.verdict).toBe(verdict);
  });

  it('is the same for the same seed and time', () => {
    const [one, other] = [build('a'), build('b')];

    expect(other.scene).toEqual(one.scene);
    for (const kind of ['newest', 'older', 'gzip']) {
      expect(fs.readFileSync(fileOf(other, kind))).toEqual(fs.readFileSync(fileOf(one, kind)));
    }
  });

  it.each([
    [false, 'VOTING'],
    [true, 'EMPTY'],
  ])('when its logs are lost is %s, a scheduler opens a replica that is %s', (lostLogs, status) => {
    const { hosts } = build('a', { lostLogs });

    const found = hosts.map((host) => {
      const replica = new Replica(hostPaths(host.directory).log);
      replica.close();
      return { status: replica.status, holds: replica.end > 0 };
    });

    expect(found).toEqual(hosts.map(() => ({ status, holds: !lostLogs })));
  });
});
