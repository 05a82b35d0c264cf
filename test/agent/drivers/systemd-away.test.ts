/** While a host boots or goes down, systemd takes no calls for a moment: that is not an answer about the scheduler. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSystemdService } from '../../../src/agent/drivers/systemd-service.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'aurora-systemd-away-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** A systemctl that fails with these words at first, and answers when it is asked again. */
async function failingOnce(words: string): Promise<string> {
  const program = join(dir, 'systemctl');
  const asked = join(dir, 'asked');
  const lines = ['LoadState=loaded', 'ActiveState=inactive', 'SubState=dead', 'MainPID=0'];
  await writeFile(
    program,
    `#!/bin/sh\nif [ ! -e ${asked} ]; then : > ${asked}; echo '${words}' >&2; exit 1; fi\ncat <<'END'\n${lines.join('\n')}\nEND\n`,
  );
  await chmod(program, 0o755);
  return program;
}

const serviceOf = (systemctl: string) =>
  createSystemdService(
    { kind: 'systemd', unit: 'aurora-scheduler.service', manager: 'system', systemctl, unitDirectory: dir },
    10_000,
  );

test.each([
  'Failed to get properties: Transport endpoint is not connected',
  'Failed to get properties: Connection reset by peer',
  'Failed to connect to bus: No such file or directory',
])('"%s" is asked again', async (words) => {
  const status = await serviceOf(await failingOnce(words)).status();

  expect(status.state).toBe('stopped');
});

test('any other failure is told at once', async () => {
  const service = serviceOf(await failingOnce('Failed to get properties: Access denied'));

  await expect(service.status()).rejects.toMatchObject({ code: 'command-failed' });
});
