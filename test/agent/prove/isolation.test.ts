/** The place of a proof: nothing goes out of it, and it is looked at before anything starts. Needs root. */
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { buildTools, openBackups } from '../../../src/agent/agent.ts';
import { checkProve } from '../../../src/agent/check/prove.ts';
import { buildJob } from '../../../src/agent/prove/build-job.ts';
import { openProver } from '../../../src/agent/prove/open-prover.ts';
import { runJob } from '../../../src/agent/prove/run-job.ts';
import { faultsOfPlace } from '../../../src/agent/prove/verify-place.ts';
import { systemClock } from '../../../src/aurora/system-clock.ts';
import { fixturePath } from '../../backups/fixtures.ts';
import { createProvingHost, knock, type ProvingHost } from './support/proving-host.ts';

const good = fixturePath('backups/real/scheduler-backup-2026-11-23-16-38');
const strayScheduler = fileURLToPath(new URL('support/stray-scheduler.ts', import.meta.url));
const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));

let host: ProvingHost;
const servers: Server[] = [];
afterEach(() => {
  host.dispose();
  for (const server of servers.splice(0)) server.close();
});

test('a scheduler whose flags are all wrong reaches nothing of the cluster', async () => {
  let arrived = 0;
  const port = await listen(() => {
    arrived += 1;
  });
  const addresses = Object.values(networkInterfaces())
    .flatMap((found = []) => found)
    .filter(({ family }) => family === 'IPv4')
    .map(({ address }) => `${address}:${port}`);
  host = createProvingHost({
    prove: (path) => {
      const places = ['storage/db', 'storage/backups', 'state'].map((place) => path(place));
      return {
        scheduler: {
          argv: [process.execPath, strayScheduler, JSON.stringify({ addresses, places }), '{flags}'],
        },
      };
    },
  });
  const name = host.addBackup(good, 38);
  for (const address of addresses) await knock(address);
  const fromHere = arrived;

  const { proofs } = await host.prove(name);

  expect(fromHere).toBe(addresses.length);
  expect(arrived).toBe(fromHere);
  expect(proofs).toMatchObject([{ verdict: 'unknown', says: expect.stringContaining('(exit 100)') }]);
});

test('in a place that is none, nothing is started, and all that is wrong with it is said', async () => {
  host = createProvingHost({
    prove: (path) => ({ initializeLog: { argv: ['/usr/bin/touch', path('started'), '{path}'] } }),
  });
  host.addBackup(good, 38);
  const { prove } = host.config;
  if (prove === undefined) throw new Error('no proofs');
  const backup = { name: 'scheduler-backup-2026-11-23-16-38', bytes: 0, sha256: '0'.repeat(64) };

  const found = await runJob({
    isolation: {
      whyNot: async () => null,
      command: ({ directory }) => [
        '/bin/sh',
        '-c',
        'exec "$@" <"$0/in" >"$0/verdict" 2>"$0/said"',
        directory,
        process.execPath,
        main,
        'agent',
        'prove-inside',
      ],
      clear: async () => undefined,
    },
    request: {
      id: 'ab',
      account: { uid: 1, gid: 1 },
      hidden: [],
      scratchMib: 64,
      memoryMib: 64,
      seconds: 60,
    },
    directory: host.path('run'),
    job: await buildJob(host.config, prove, { ways: ['staged'], backup, hostFlags: {} }),
    bytes: (async function* () {})(),
    clock: systemClock,
    signal: new AbortController().signal,
  });

  expect(found).toMatch(/^No proof was made: the place is not isolated\. It is in the network of the host\./);
  expect(found).toContain('It runs as 0');
  expect(found).toContain('It has capabilities (CapEff');
  expect(found).toContain('It could gain privileges');
  expect(existsSync(host.path('started'))).toBe(false);
});

test('directories in reach, and such that can be written, are named', async () => {
  host = createProvingHost();
  const place = {
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    hostNetwork: '',
    hidden: [host.path('storage')],
    scratch: host.path('state'),
  };

  const faults = await faultsOfPlace(place);

  expect(faults).toContain(`${host.path('storage')} is in reach.`);
  expect(faults).toContain('/etc can be written.');
  expect(faults).toContain(`${host.path('state')} is not a temporary file system of its own.`);
});

test('an account that is not there is said by the check and by the status, and nothing is started', async () => {
  host = createProvingHost({ prove: { account: 'nobody-at-all' } });
  const tools = buildTools(host.config, systemClock, null);
  const { library, close } = openBackups(host.config, { clock: systemClock, warn: () => undefined });
  const opened = openProver(tools, library);

  const checked = await checkProve(tools);
  const status = await opened?.prover.status();
  const { code, stderr } = await host.prove();
  await opened?.prover.close();
  await close();

  const said = 'No backup can be proven as nobody-at-all';
  expect(checked).toMatchObject([{ level: 'warning', what: expect.stringContaining(said) }]);
  expect(status).toMatchObject({ impossible: expect.stringContaining(said) });
  expect(stderr).toContain(said);
  expect(code).toBe(1);
});

function listen(onConnection: () => void): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer((socket) => {
      onConnection();
      socket.destroy();
    });
    servers.push(server);
    server.listen(0, '0.0.0.0', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}
