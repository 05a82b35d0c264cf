/** The bot's own database on a disk that has no room, or may not be written. Root only. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventForm } from '../../src/restore/record/events.ts';
import { openSqliteStore, type Store } from '../../src/store/store.ts';
import { createMounts, fill, type Mounts } from '../agent/support/small-disk.ts';
import { testKey } from '../support/journal-key.ts';

let directory: string;
let path: string;
let mounts: Mounts;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aurora-store-'));
  mounts = createMounts();
  await mounts.tmpfs(directory, 4_096);
  path = join(directory, 'bot.sqlite');
});
afterEach(async () => {
  await mounts.dispose();
  await rm(directory, { recursive: true });
});

const keep = async (store: Pick<Store<unknown>, 'save'>, bytes: number): Promise<unknown> =>
  await store.save({ restoreId: 'R1', name: 'running', text: 'x'.repeat(bytes), version: 1 });

describe('the store of the bot', () => {
  it('says which disk is full and what to do, and goes on when there is room again', async () => {
    const store = await openSqliteStore(path, { form: eventForm, key: testKey });
    await fill(directory);

    await expect(keep(store, 1_000_000)).rejects.toMatchObject({
      code: 'disk-full',
      message: `There is no room left on the disk of ${path} (SQLITE_FULL).`,
      hint: expect.stringContaining('df -h'),
    });

    await unlink(join(directory, 'somebody-elses'));
    await keep(store, 1_000_000);
    expect((await store.load('R1', 'running'))?.text).toHaveLength(1_000_000);
    await store.close();
  });

  it('is not opened on a disk that is full, which is named', async () => {
    await fill(directory);

    await expect(openSqliteStore(path, { form: eventForm, key: testKey })).rejects.toMatchObject({
      code: expect.stringMatching(/^(disk-full|file-system)$/),
      message: expect.stringContaining(path),
    });
  });

  it('is not opened where nothing may be written', async () => {
    await mounts.readOnly(directory);

    await expect(openSqliteStore(path, { form: eventForm, key: testKey })).rejects.toMatchObject({
      message: `The database ${path} cannot be opened (SQLITE_CANTOPEN).`,
    });
  });

  it('is not opened from a file that is no database', async () => {
    await writeFile(path, 'a note that somebody has put here in place of the database');

    await expect(openSqliteStore(path, { form: eventForm, key: testKey })).rejects.toMatchObject({
      message: `${path} is damaged (SQLITE_NOTADB).`,
      hint: expect.stringContaining('put it back from its copy'),
    });
  });
});

it('the bot says in a sentence that its state cannot be made, and ends with 1', async () => {
  const config = join(directory, 'bot.yml');
  await writeFile(config, botConfig);
  await mounts.readOnly(directory);
  const main = new URL('../../src/cli/main.ts', import.meta.url).pathname;
  const env = { ...process.env, SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' };

  const ended = promisify(execFile)(process.execPath, [main, 'bot', '--config', config], { env });

  await expect(ended).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      new RegExp(
        `^${join(directory, 'state')} is on a file system that is read-only here \\(EROFS\\)\\.\\n.*\\n$`,
      ),
    ),
  });
});

const botConfig = `
state: ./state
grantKey: ./grant.pem
slack: { mode: socket }
clusters:
  - name: east
    auroraVersion: 0.22.0
    channel: C0EAST
    zookeeper: { servers: ["127.0.0.1:2181"], serversetPath: /aurora/scheduler, logGroupPath: /aurora/replicated-log }
    mesos: { masters: ["http://127.0.0.1:5050"] }
    hosts:
      - { name: aurora-1, agent: "http://127.0.0.1:7071", advertised: aurora-1, httpPort: 8081, libprocess: "10.0.0.1:8083" }
    policy: { approvers: [U1, U2] }
`;
