import { execFile } from 'node:child_process';
import { expect, test } from 'vitest';

const main = new URL('../../src/cli/main.ts', import.meta.url).pathname;
const fixtures = new URL('../fixtures/backups/', import.meta.url).pathname;

function inspect(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, 'backup', 'inspect', ...args], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

test('--json prints one object a line, and a suspicious file is a warning', async () => {
  const files = [`${fixtures}real/scheduler-backup-2026-11-23-16-20`, `${fixtures}odd/minimal`];

  const { code, stdout, stderr } = await inspect('--json', ...files);

  const reports = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(reports).toMatchObject([
    { file: files[0], verdict: 'ok', tasks: { total: 7, byStatus: { PENDING: 1, RUNNING: 6 } } },
    { file: files[1], verdict: 'suspicious' },
  ]);
  expect(Object.keys(reports[0] ?? {})).toEqual([
    'file',
    'bytes',
    'sha256',
    'complete',
    'verdict',
    'reasons',
    'trailingBytes',
    'timestampMs',
    'frameworkId',
    'tasks',
    'jobs',
    'roles',
    'cronJobs',
    'quotas',
    'jobUpdates',
    'hostAttributes',
    'maintenanceRequests',
    'hasDbScript',
  ]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
});

test('a missing file is one line with a hint; the others are inspected, and the exit status is 3, unknown', async () => {
  const { code, stdout, stderr } = await inspect(`${fixtures}none`, `${fixtures}odd/minimal`);

  expect(stderr).toMatch(/^There is no file .*none\. Check the path.*\n$/);
  expect(stdout).toContain('minimal: suspicious\n  ! It has no tasks');
  expect(code).toBe(3);
});

test('a broken file is exit status 2, critical', async () => {
  const { code, stdout } = await inspect(`${fixtures}odd/gzip`);

  expect(stdout).toContain('gzip: broken');
  expect(code).toBe(2);
});

test('an unlivable file names what kills and where, and is exit status 2', async () => {
  const file = `${fixtures}lived-on/recorded-tasks-without-events`;
  const { code, stdout } = await inspect(file);
  const line = JSON.parse((await inspect('--json', file)).stdout) as { verdict: string; unlivable: object };

  expect(stdout).toMatch(
    /without-events: unlivable\n {2}! No scheduler survives it: the task \S+ of \S+ has no task events \(\.4\[\d+\]\.4\)\.\n/,
  );
  expect(line.verdict).toBe('unlivable');
  expect(line.unlivable).toMatchObject({ elements: 30, tasksToLeaveOut: 30 });
  expect(code).toBe(2);
});
