import { defineConfig } from 'vitest/config';

// Tests that run whole worlds (drills, hosts made of namespaces, ensembles of scheduler processes) have the machine to
// themselves, one file after the other: they wait for real processes, and a second world beside them is only noise.
const worlds = [
  'test/drill/*.test.ts',
  'test/drill/recovery-tool/**/*.test.ts',
  'test/drill/scheduler/lifecycle.test.ts',
  'test/drill/scheduler/recorded-restores.test.ts',
  'test/agent/hosts/**/*.test.ts',
  'test/agent/crash.test.ts',
  'test/install/*.test.ts',
];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    reporters: ['default', ['json', { outputFile: 'reports/vitest.json' }]],
    projects: [
      {
        extends: true,
        test: {
          name: 'rooms',
          include: ['test/**/*.test.ts'],
          exclude: worlds,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { name: 'worlds', include: worlds, fileParallelism: false, sequence: { groupOrder: 2 } },
      },
    ],
  },
});
