/** What the story prove counts from outside: it sees what stays and what changed, and neither takes for it what passes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { refuseOtherHosts } from '../../../src/drill/prove/play-proofs.ts';
import { differences } from '../../../src/drill/prove/touched.ts';
import { findLeftBehind } from '../../../src/drill/prove/traces.ts';
import { fixturePath } from '../../backups/fixtures.ts';

it('what is there at every look is left behind; a command that passes is not', async () => {
  const looks = [
    ['process 1 init', 'process 90 systemctl show', 'mount /tmp/left'],
    ['process 1 init', 'process 91 systemctl show', 'mount /tmp/left'],
  ];
  let look = 0;
  let nowMs = 0;
  const clock = {
    now: () => nowMs,
    sleep: (ms: number) => {
      nowMs += ms;
      return Promise.resolve();
    },
  };
  const read = (): Promise<ReadonlySet<string>> =>
    Promise.resolve(new Set(looks[Math.min(look++, looks.length - 1)]));

  const left = await findLeftBehind(new Set(['process 1 init']), { read, clock });

  expect(left).toEqual(['mount /tmp/left']);
  expect(look).toBeGreaterThan(2);
});

it('what came, went or changed in the cluster is touched', () => {
  const before = new Map([
    ['files.0.log', '17'],
    ['hosts.0.scheduler', 'MainPID=9'],
    ['tasks.zookeeper.members', '1'],
  ]);
  const after = new Map([
    ['files.0.log', '17'],
    ['hosts.0.scheduler', 'MainPID=10'],
    ['hosts.0.effects.1.effect', 'stageRecovery'],
  ]);

  expect(differences(before, after)).toEqual([
    'hosts.0.scheduler: MainPID=9 is now MainPID=10',
    'tasks.zookeeper.members: 1 is now nothing',
    'hosts.0.effects.1.effect: nothing is now stageRecovery',
  ]);
});

it('the misleading backups are the recorded ones, byte by byte', () => {
  const directory = join(import.meta.dirname, '../../../src/drill/prove/misleading');
  const names = readdirSync(directory);

  expect(names.length).toBeGreaterThan(3);
  for (const name of names) {
    expect(readFileSync(join(directory, name))).toEqual(readFileSync(fixturePath(`backups/odd/${name}`)));
  }
});

it('hosts that are processes cannot play it, and it is said before anything starts', () => {
  expect(() => refuseOtherHosts('processes')).toThrow('needs hosts with a systemd of their own');
  expect(() => refuseOtherHosts('namespaces')).not.toThrow();
});
