/** The simulated recovery tool says what the real one said, run by run, on a log that goes through the same life. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../../src/aurora/system-clock.ts';
import { Replica } from '../../../src/pretend-aurora/mesos/log/replica.ts';
import { runRecoveryTool } from '../../../src/pretend-aurora/recovery-tool/run.ts';
import { startReplicaServer } from '../../../src/pretend-aurora/scheduler/log/replica-server.ts';
import { livedOn } from '../../backups/lived-on.ts';
import { freePort, until } from '../scheduler/support/drill-cluster.ts';

const fixtures = path.join(import.meta.dirname, '../../fixtures');

let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'recovery-tool-'));
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

async function run(argv: readonly string[], changes: { replicas?: readonly string[]; dies?: boolean } = {}) {
  let stderr = '';
  let written = 0;
  const exit = await runRecoveryTool(argv, {
    clock: systemClock,
    stderr: (text) => {
      stderr += text;
    },
    libprocess: '127.0.0.1:1',
    replicas: changes.replicas ?? [],
    msPerSecond: 2,
    announce: () => Promise.resolve(() => undefined),
    onWriting: () => {
      written += 1;
    },
    diesHalfway: () => changes.dies === true,
  });
  return { exit, stderr, written };
}

function initialize(log: string): void {
  const replica = new Replica(log);
  replica.persistMetadata({ status: 'VOTING', promised: 0 });
  replica.close();
}

/** What Aurora's own code says, without instants; the native log and the stand-ins of the recording are others' words. */
function essence(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trimEnd().replace(/^[IW]\d{4} [\d:.]+ /, ''))
    .filter((line) => /^(\[main, (?!BuildInfo)|Exception|Caused by|\t\.\.\. )/.test(line))
    .map((line) => line.replace(/in \d+ ms$/, 'in N ms'));
}

describe('the simulated recovery tool', () => {
  const runs = z
    .array(
      z.looseObject({
        what: z.string(),
        args: z.array(z.string()).default([]),
        exit: z.number().default(-1),
        lines: z.array(z.string()).default([]),
      }),
    )
    .parse(JSON.parse(fs.readFileSync(path.join(fixtures, 'restore-recovery-tool/timeline.json'), 'utf8')))
    .filter((event) => event.what === 'recovery-tool');

  it('ends four runs on one real replicated log as they were recorded: no file, filled, refused, unknown flag', async () => {
    const name = 'scheduler-backup-2026-11-23-16-36';
    fs.mkdirSync(path.join(root, 'backups'));
    fs.copyFileSync(path.join(fixtures, 'restore-recovery-tool', name), path.join(root, 'backups', name));
    initialize(path.join(root, 'db'));

    for (const recorded of runs) {
      const here = (text: string) => text.replaceAll('/var/lib/aurora/west-host1', root);
      const seen = await run(recorded.args.map(here));

      const wanted = essence(recorded.lines.map(here).join('\n'));
      expect(seen.exit).toBe(recorded.exit);
      // The recording kept the last lines of each run.
      expect(essence(seen.stderr).slice(-wanted.length)).toEqual(wanted);
    }
    expect(runs.map((recorded) => recorded.exit)).toEqual([1, 0, 1, 1]);
  });

  it('ends the runs of release 0.20 as they were recorded, in both forms of flags', async () => {
    const text = fs.readFileSync(path.join(fixtures, 'releases/0.20.0/recovery-tool.txt'), 'utf8');
    // Nobody asks it for help.
    const sections = text.split(/^=== (?!--help)/m).slice(1);
    fs.copyFileSync(
      path.join(fixtures, 'releases/0.20.0/backups/scheduler-backup-2026-11-23-17-16'),
      path.join(root, 'rt-backup'),
    );
    initialize(path.join(root, 'rt-db'));

    for (const section of sections) {
      const [, args = '', exit, stderr = ''] =
        /^(.*)\nEXIT (\d+)\n--- stdout\n[\s\S]*?--- stderr\n?([\s\S]*)$/.exec(section) ?? [];
      const here = (line: string) => line.replaceAll('/var/lib/aurora-0.20.0', root);
      const seen = await run(here(args).split(' '));

      expect({ args, exit: seen.exit }).toEqual({ args, exit: Number(exit) });
      expect(essence(seen.stderr)).toEqual(essence(here(stderr)));
    }
    expect(sections).toHaveLength(5);
  });
});

describe('what the tool does not protect itself from', () => {
  const backup = path.join(fixtures, 'restore-recovery-tool/scheduler-backup-2026-11-23-16-36');
  const argv = (log: string, file = backup) => [
    '-from=BACKUP',
    '-to=LOG',
    `-backup=${file}`,
    `-native_log_file_path=${log}`,
    '-native_log_zk_group_path=/aurora/log',
    '-zk_endpoints=127.0.0.1:2181',
    '-native_log_election_retries=3',
  ];

  it('a log that was never initialised: it tries every election and gives up', async () => {
    const seen = await run(argv(path.join(root, 'db')));

    expect(seen).toMatchObject({ exit: 1, written: 0 });
  });

  it('peers that run: it says nothing, and its entries are in their logs', async () => {
    const peer = new Replica(path.join(root, 'peer'));
    peer.persistMetadata({ status: 'VOTING', promised: 0 });
    const address = `127.0.0.1:${await freePort()}`;
    const server = await startReplicaServer({
      host: '127.0.0.1',
      port: Number(address.split(':')[1]),
      replica: () => peer,
      ensembleSize: () => 2,
    });
    initialize(path.join(root, 'db'));

    const seen = await run(argv(path.join(root, 'db')), { replicas: [address] });

    expect(seen.exit).toBe(0);
    await until('the entries to reach the peer', () => peer.end >= 2);
    await server.close();
    peer.close();
  });

  it.each(livedOn().flatMap(({ file, what }) => (file === undefined ? [] : [[file, what] as const])))(
    'a backup that was tried, %s: %s',
    async (file, what) => {
      initialize(path.join(root, 'db'));

      const seen = await run(argv(path.join(root, 'db'), path.join(fixtures, 'backups/lived-on', file)));

      const fails = what === 'recovery-tool fails';
      expect(seen).toMatchObject({ exit: fails ? 1 : 0, written: fails ? 0 : 1 });
      expect(seen.stderr.includes('Exception in thread')).toBe(fails);
    },
  );

  it('its own death: a part of the backup stays in the log, and the next run refuses it', async () => {
    initialize(path.join(root, 'db'));

    const dead = await run(argv(path.join(root, 'db')), { dies: true });
    const next = await run(argv(path.join(root, 'db')));

    expect(dead).toMatchObject({ exit: 1, written: 1 });
    expect(next).toMatchObject({ exit: 1, written: 0 });
    expect(next.stderr).toContain('Refusing to recover into non-empty persistence');
  });
});
