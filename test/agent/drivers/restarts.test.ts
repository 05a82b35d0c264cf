/** How often a service manager has restarted the scheduler, as far as each of them counts. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createServiceCommands } from '../../../src/agent/drivers/service-commands.ts';
import { createSupervisorService } from '../../../src/agent/drivers/supervisor-service.ts';
import { createSystemdService } from '../../../src/agent/drivers/systemd-service.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'aurora-restarts-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** A program that prints these lines, whatever it is asked. */
async function printing(...lines: string[]): Promise<string> {
  const program = join(dir, 'program');
  await writeFile(program, `#!/bin/sh\ncat <<'END'\n${lines.join('\n')}\nEND\n`);
  await chmod(program, 0o755);
  return program;
}

const running = ['LoadState=loaded', 'ActiveState=active', 'SubState=running', 'MainPID=4711'];

test.each([
  ['counts them', [...running, 'NRestarts=7'], 7],
  ['of before 235 does not', running, null],
])('systemd %s', async (_what, lines, expected) => {
  const service = createSystemdService(
    {
      kind: 'systemd',
      unit: 'aurora-scheduler.service',
      manager: 'system',
      systemctl: await printing(...lines),
      unitDirectory: dir,
    },
    10_000,
  );

  const status = await service.status();

  expect(status).toMatchObject({ state: 'running', pid: 4711, restarts: expected });
});

test('supervisor does not', async () => {
  const service = createSupervisorService(
    {
      kind: 'supervisor',
      program: 'aurora',
      supervisorctl: await printing('aurora  RUNNING   pid 4711, uptime 0:00:20'),
      includeDirectory: dir,
    },
    10_000,
  );

  const status = await service.status();

  expect(status).toMatchObject({ state: 'running', pid: 4711, restarts: null });
});

test.each([
  ['may say', '{"state":"running","pid":4711,"restarts":2}', 2],
  ['need not', '{"state":"running","pid":4711}', null],
])('commands of the configuration %s', async (_what, line, expected) => {
  const program = await printing(line);
  const service = createServiceCommands(
    { kind: 'command', start: [program], stop: [program], kill: [program], status: [program] },
    10_000,
  );

  const status = await service.status();

  expect(status).toMatchObject({ state: 'running', pid: 4711, restarts: expected });
});
