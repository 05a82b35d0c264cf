/** A restore goes first: a grant that the agent takes ends what is being proven, whoever proves it. Needs root. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildTools, openBackups, startAgent } from '../../../src/agent/agent.ts';
import { connectAgent } from '../../../src/agent/client.ts';
import { operationTable } from '../../../src/agent/operations/table.ts';
import { openProofStore } from '../../../src/agent/prove/proof-store.ts';
import { createProver } from '../../../src/agent/prove/prover.ts';
import { unshareIsolation } from '../../../src/agent/prove/unshare-isolation.ts';
import type { BackupProof } from '../../../src/aurora/proof.ts';
import { systemClock } from '../../../src/aurora/system-clock.ts';
import { fixturePath } from '../../backups/fixtures.ts';
import { until } from '../support/test-host.ts';
import { createProvingHost, type ProvingHost } from './support/proving-host.ts';

const stopped = { verdict: 'unknown', says: 'It was stopped, by hand or because a restore goes first.' };

let host: ProvingHost;
let name: string;
beforeEach(() => {
  // It stays where it makes its log, so that no Aurora is needed.
  const initializeLog = { argv: ['/bin/sh', '-c', 'exec sleep 715518', 'sh', '{path}'] };
  host = createProvingHost({ prove: { initializeLog } });
  name = host.addBackup(fixturePath('backups/real/scheduler-backup-2026-11-23-16-38'), 38);
});
afterEach(() => host.dispose());

test('a grant of the agent ends the proof of a terminal, and no other begins for an hour', async () => {
  const agent = await startAgent({
    ...{ config: host.config, clock: systemClock, operations: operationTable },
    logger: pino({ level: 'silent' }),
  });
  const client = connectAgent({ host: 'aurora-1', url: agent.url, deadlineMs: 20_000, clock: systemClock });
  const [backup] = await client.listBackups();
  const { ended } = host.start(name);
  await until(isProving, 'the proof is in its middle');

  await client.perform(host.request('hold-backup', { name, sha256: backup?.report.sha256 ?? '' }));

  expect(await ended).toBe(3);
  expect(isProving()).toBe(false);
  expect(await client.readStatus()).toMatchObject({ prove: { running: null, recent: [stopped] } });
  expect((await host.prove(name)).stderr).toContain('worked for a restore less than 60 minutes ago');
  await agent.close();
});

test('the proof of the agent itself ends as well, and what was found before stays', async () => {
  const tools = buildTools(host.config, systemClock, null);
  const { library, close } = openBackups(host.config, { clock: systemClock, warn: () => undefined });
  const store = openProofStore(host.path('state/proofs.sqlite'));
  const { prove } = host.config;
  const [backup] = await library.list();
  if (prove === undefined || backup === undefined) throw new Error('nothing can be proven here');
  const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
  const isolation = unshareIsolation({ inside: [process.execPath, main, 'agent', 'prove-inside'] });
  const prover = createProver({ tools, prove, isolation, library, store });
  const { sha256 } = backup.report;
  const earlier: BackupProof = {
    ...{ sha256, atMs: 1, tookMs: 6_000, auroraVersion: '0.22.0', tasks: 772 },
    way: 'staged',
    verdict: 'proven',
    says: 'A scheduler runs on it and shows all 772 of its tasks.',
  };
  store.save(earlier);
  const proving = prover.prove(name);
  await until(isProving, 'the proof is in its middle');

  prover.giveWay();

  expect(await proving).toMatchObject([stopped]);
  expect(isProving()).toBe(false);
  expect(readdirSync(host.path('run'))).toEqual([]);
  expect(store.show(sha256, '0.22.0')).toEqual(earlier);
  await prover.close();
  await close();
});

function isProving(): boolean {
  return readdirSync('/proc').some((pid) => {
    const path = `/proc/${pid}/cmdline`;
    try {
      return /^\d+$/.test(pid) && existsSync(path) && readFileSync(path, 'utf8').includes('sleep\x00715518');
    } catch {
      return false;
    }
  });
}
