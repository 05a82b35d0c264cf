/** A host whose systemd is too old for the unit of a proof is told so, in a sentence. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemdIsolation } from '../../../src/agent/prove/systemd-isolation.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'aurora-old-systemd-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const shown = 'LoadState=loaded\nUser=aurora-prove\nPrivateNetwork=yes\nNoNewPrivileges=yes\nType=oneshot';

test.each([
  ['systemd 219', /^systemd 219 is too old for aurora-chatops-prove@\.service, which needs 239/],
  ['systemd 237', /^systemd 237 is too old/],
  ['systemd 239 (239-82.el8)', null],
  ['systemd 252 (252.39-1~deb12u1)', null],
])('%s', async (version, expected) => {
  const systemctl = join(dir, 'systemctl');
  const body = `case "$1" in --version) echo '${version}' ;; *) echo '${shown}' ;; esac`;
  await writeFile(systemctl, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  const isolation = systemdIsolation({ unit: 'aurora-chatops-prove@', systemctl, account: 'aurora-prove' });

  const why = await isolation.whyNot();

  if (expected === null) expect(why).toBeNull();
  else expect(why).toMatch(expected);
});
