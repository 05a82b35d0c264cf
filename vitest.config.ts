import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// Tests that run whole worlds (drills, ensembles of scheduler processes, a fresh installation) or one process after the other
// mostly wait for them: two at a time, after everything that computes.
const worlds = [
  'test/drill/*.test.ts',
  'test/pretend-aurora/recovery-tool/**/*.test.ts',
  'test/pretend-aurora/scheduler/lifecycle.test.ts',
  'test/pretend-aurora/scheduler/recorded-restores.test.ts',
  'test/install/*.test.ts',
  'test/agent/crash.test.ts',
  'test/agent/operations/recovery-tool.test.ts',
];
// Hosts made of namespaces boot a systemd each, and the other one has seconds to show what comes too late: two at a time.
const few = [
  'test/drill/namespaces.test.ts',
  'test/drill/prove.test.ts',
  'test/drill/wrong-moments.test.ts',
  'test/agent/hosts/**/*.test.ts',
];

// What computes, and starts next to nothing: its files share a process, for half of their time went into loading the same modules.
const shared = [
  'aurora',
  'backups',
  'cli',
  'commands',
  'docs',
  'gallery',
  'leader',
  'mesos',
  'pki',
  'report',
  'restore',
  'scenarios',
  'signing',
  'slack',
  'store',
  'streams',
  'thrift',
  'upgrades',
  'watch',
  'words',
].map((room) => `test/${room}/**/*.test.ts`);

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Of the programs that tests start, each is compiled once.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules', '.cache', 'compiled') },
    reporters: ['default', ['json', { outputFile: 'reports/vitest.json' }]],
    projects: [
      {
        extends: true,
        test: { name: 'rooms', include: shared, isolate: false, maxWorkers: 2, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: {
          name: 'programs',
          include: ['test/**/*.test.ts'],
          exclude: [...shared, ...worlds, ...few],
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: { name: 'worlds', include: worlds, exclude: few, maxWorkers: 2, sequence: { groupOrder: 3 } },
      },
      {
        extends: true,
        test: { name: 'few', include: few, maxWorkers: 2, sequence: { groupOrder: 4 } },
      },
    ],
  },
});
