/** Neither holding nor bringing a backup needs a signature, so that neither may be a way to fill a host. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AgentInProcess, startAgentHere } from './support/agent-in-process.ts';
import { backupFixture, createTestHost, backupName as name, type TestHost } from './support/test-host.ts';

let host: TestHost;
let agent: AgentInProcess;
let sha256: string;
beforeEach(async () => {
  host = await createTestHost();
  sha256 = host.backupSha256;
});
afterEach(async () => {
  await agent.close();
  await host.dispose();
});

const start = async (bounds: { keptBytes?: number; keptFiles?: number }): Promise<void> => {
  agent = await startAgentHere(host, { bounds });
};
const hold = (restoreId: string) =>
  agent.client.perform(host.request('hold-backup', { name, sha256 }, { restoreId, signers: [] }));
const bring = (restoreId: string): Promise<unknown> =>
  agent.client
    .uploadBackup({
      restoreId,
      name,
      sha256,
      bytes: (async function* () {
        yield await readFile(backupFixture);
      })(),
    })
    .then(
      () => 'brought',
      (error: unknown) => error,
    );

test('held copies and what was brought share a number, and the refusal says what to remove', async () => {
  await start({ keptFiles: 2 });
  await mkdir(host.path('state', 'held', 'R0'), { recursive: true });
  await writeFile(host.path('state', 'held', 'R0', name), 'old');
  expect(await bring('R1')).toBe('brought');

  expect(await hold('R2')).toMatchObject({
    state: 'failed',
    message: expect.stringMatching(/keeps 2 files of backups/),
    hint: expect.stringMatching(/from .*held \(the oldest: R0\)/),
  });
  expect(await bring('R2')).toMatchObject({ code: 'kept-full' });
  await rm(host.path('state', 'held', 'R0'), { recursive: true });
  expect(await hold('R2')).toMatchObject({ state: 'done' });
});

test('and a size', async () => {
  const { length } = await readFile(backupFixture);
  await start({ keptBytes: length });
  expect(await hold('R1')).toMatchObject({ state: 'done' });

  expect(await hold('R2')).toMatchObject({ state: 'failed' });
  expect(await bring('R2')).toMatchObject({ code: 'kept-full' });
  expect(await readdir(host.path('state', 'held'))).toEqual(['R1']);
});

test('what is refused leaves no directory behind', async () => {
  await start({});
  const differs = await agent.client
    .uploadBackup({
      restoreId: 'R5',
      name,
      sha256: '0'.repeat(64),
      bytes: (async function* () {
        yield Buffer.from('not the backup');
      })(),
    })
    .catch((error: unknown) => error);

  expect(differs).toMatchObject({ code: 'upload-differs' });
  expect(await readdir(host.path('state', 'incoming'))).toEqual([]);
});
