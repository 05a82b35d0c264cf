import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { initializeLog } from '../../../src/agent/operations/initialize-log.ts';
import type { OperationContext } from '../../../src/agent/operations/operation.ts';
import { putBackLog } from '../../../src/agent/operations/put-back-log.ts';
import { runRecoveryTool } from '../../../src/agent/operations/run-recovery-tool.ts';
import { setAsideLog } from '../../../src/agent/operations/set-aside-log.ts';
import { setAsideNewLog } from '../../../src/agent/operations/set-aside-new-log.ts';
import { startAgentProcess } from '../support/agent-under-test.ts';
import { contextOn } from '../support/operation-context.ts';
import { backupName, createTestHost, readLines, type TestHost, until } from '../support/test-host.ts';

let host: TestHost;
let context: OperationContext;
beforeEach(async () => {
  host = await createTestHost();
  context = contextOn(host);
  await writeFile(host.path('flags'), toolFlagText());
});
afterEach(() => host.dispose());

const secret = 'aurora:s3cret';
const toolFlagText = () =>
  [
    '-cluster_name=east',
    `-native_log_file_path=${host.path('db')}`,
    '-native_log_zk_group_path=/aurora/log',
    '-native_log_quorum_size=2',
    '-zk_endpoints=127.0.0.1:2181',
    `-zk_digest_credentials=${secret}`,
    '-backup_dir=/b',
    '',
  ].join('\n');
const params = () => ({
  name: backupName,
  sha256: host.backupSha256,
  flags: { native_log_quorum_size: '1' },
});
const makeBlank = async () => {
  await setAsideLog.run(context, {});
  await initializeLog.run(context, {});
};

describe('run-recovery-tool', () => {
  test('fills a blank log with the scheduler’s own flags, and says what the tool said', async () => {
    await makeBlank();

    const { changed, evidence } = await runRecoveryTool.run(context, params());

    expect(changed).toBe(true);
    expect(evidence).toMatchObject({ exitCode: 0, copiedOps: 7, ms: 38 });
    expect(evidence.tail).toContain('Recovery finished');
    expect(JSON.parse(await readFile(host.path('tool-arguments.json'), 'utf8'))).toEqual([
      '-from=BACKUP',
      '-to=LOG',
      `-backup=${host.path('backups', backupName)}`,
      `-native_log_file_path=${host.path('db')}`,
      '-native_log_zk_group_path=/aurora/log',
      '-native_log_quorum_size=1',
      '-zk_endpoints=127.0.0.1:2181',
      `-zk_digest_credentials=${secret}`,
    ]);
  });

  test.each([
    ['that is not there', () => setAsideLog.run(context, {})],
    ['from before the restore', () => Promise.resolve()],
    ['that was filled already', () => makeBlank().then(() => runRecoveryTool.run(context, params()))],
    [
      'that is an empty directory',
      () => setAsideLog.run(context, {}).then(() => setAsideNewLog.run(context, {})),
    ],
  ])('refuses a log %s', async (_what, prepare) => {
    await prepare();
    const before = (await host.effects()).length;

    await expect(runRecoveryTool.run(context, params())).rejects.toMatchObject({ code: 'log-not-blank' });

    expect(await host.effects()).toHaveLength(before);
  });

  test('refuses while the scheduler runs', async () => {
    await makeBlank();
    await host.startSchedulerByHand();

    await expect(runRecoveryTool.run(context, params())).rejects.toMatchObject({ code: 'scheduler-runs' });
  });

  test('refuses a backup that is not the signed one, and one that is gone', async () => {
    await makeBlank();
    await writeFile(host.path('backups', backupName), 'another one');
    const changed = runRecoveryTool.run(context, params());
    await expect(changed).rejects.toMatchObject({
      code: 'backup-changed',
      details: { found: createHash('sha256').update('another one').digest('hex') },
    });
    await rm(host.path('backups', backupName));

    await expect(runRecoveryTool.run(context, params())).rejects.toMatchObject({ code: 'backup-changed' });
  });

  test.each([
    ['a flag that the tool needs is missing', (text: string) => text.replace(/^-zk_endpoints.*\n/m, '')],
    [
      'the scheduler keeps its log elsewhere',
      (text: string) => text.replace(/^-native_log_file_path=.*$/m, '-native_log_file_path=/elsewhere/db'),
    ],
  ])('refuses when %s', async (_what, change) => {
    await makeBlank();
    await writeFile(host.path('flags'), change(toolFlagText()));

    await expect(runRecoveryTool.run(context, params())).rejects.toMatchObject({ code: 'tool-flags' });
  });

  test('a run that dies is a failure with the tool’s words and without secrets', async () => {
    await makeBlank();
    await writeFile(host.path('tool-dies'), '');

    const failure = runRecoveryTool.run(context, params());

    await expect(failure).rejects.toMatchObject({
      code: 'recovery-tool-failed',
      message: expect.stringContaining('Timeout performing log append with (hidden)'),
      hint: expect.stringContaining('Set that log aside and initialise it again'),
      details: { exitCode: 1, tail: expect.not.stringContaining('s3cret') },
    });
  });

  test('a host without the tool says so', async () => {
    await makeBlank();

    const failure = runRecoveryTool.run({ ...context, recoveryTool: null }, params());

    await expect(failure).rejects.toMatchObject({ code: 'tool-not-configured' });
  });
});

describe('set-aside-new-log', () => {
  test('moves a failed log aside under a name of its own each time, and leaves an empty directory', async () => {
    const { mode } = await stat(host.path('db'));
    await makeBlank();
    await runRecoveryTool.run(context, params());
    const first = await setAsideNewLog.run(context, {});
    await initializeLog.run(context, {});
    const second = await setAsideNewLog.run(context, {});

    expect(first.evidence.movedTo).toBe(host.path('db.failed-R1'));
    expect(second.evidence.movedTo).toBe(host.path('db.failed-R1-2'));
    expect(await readdir(host.path('db'))).toEqual([]);
    expect((await stat(host.path('db'))).mode).toBe(mode);
    expect(await readdir(host.path('db.failed-R1'))).toContain('000011.ldb');
  });

  test('makes an empty directory where there is none, and finds it done afterwards', async () => {
    await setAsideLog.run(context, {});

    const { evidence } = await setAsideNewLog.run(context, {});
    const after = await setAsideNewLog.observe(context, {});

    expect(evidence).toEqual({ path: host.path('db'), movedTo: null, bytes: 0 });
    expect(after).toEqual({ state: 'done', evidence });
  });

  test('never touches the log from before the restore', async () => {
    await expect(setAsideNewLog.run(context, {})).rejects.toMatchObject({ code: 'log-not-set-aside' });

    expect(await readFile(host.path('db', 'CURRENT'), 'utf8')).toBe('old CURRENT');
  });

  test('the old log comes back over failed ones and empty directories', async () => {
    await makeBlank();
    await runRecoveryTool.run(context, params());
    await setAsideNewLog.run(context, {});

    await putBackLog.run(context, {});

    expect(await readFile(host.path('db', 'CURRENT'), 'utf8')).toBe('old CURRENT');
    expect((await readdir(host.dir)).filter((name) => name.startsWith('db.')).sort()).toEqual([
      'db.failed-R1',
      'db.restored-R1',
    ]);
  });
});

describe('kill -9 of the agent at the recovery tool', () => {
  /** Kills an agent in the middle of the operation; `hold` says where the tool or the agent stands then. */
  const interrupted = async (hold: 'before the tool' | 'in the tool' | 'after the tool') => {
    const agent = await startAgentProcess(
      host,
      hold === 'in the tool'
        ? undefined
        : { kind: 'run-recovery-tool', when: hold === 'before the tool' ? 'before' : 'after' },
    );
    await agent.client.perform(host.request('set-aside-log', {}));
    await agent.client.perform(host.request('initialize-log', {}));
    if (hold === 'in the tool') await writeFile(host.path('hold-after-recovery-tool'), '');
    const request = host.request('run-recovery-tool', params());
    const lost = agent.client.perform(request).catch((error: unknown) => error);
    if (hold !== 'in the tool') await agent.held();
    else
      await until(
        async () => (await readdir(host.dir)).includes('reached-after-recovery-tool'),
        'the tool has written',
      );
    await agent.kill();
    await lost;
    return request;
  };
  const runs = async () =>
    (await readLines(host.path('effects.log'))).filter((line) => line.endsWith('recovery-tool'));

  test('before it began: it is run once', async () => {
    const request = await interrupted('before the tool');
    const survivor = await startAgentProcess(host);

    const result = await survivor.client.perform(request);

    expect(result).toMatchObject({ state: 'done', evidence: { copiedOps: 7 } });
    expect(await runs()).toEqual([`${request.operationId} recovery-tool`]);
    await survivor.kill();
  });

  test('after it has ended: nobody can tell what the log holds, and it is not run again', async () => {
    const request = await interrupted('after the tool');
    const survivor = await startAgentProcess(host);

    const result = await survivor.client.perform(request);

    expect(result).toMatchObject({
      state: 'uncertain',
      message: expect.stringContaining('Set that log aside and initialise it again'),
    });
    expect(await runs()).toHaveLength(1);
    await survivor.kill();
  });

  test('while it runs: the tool is waited for, and no second one is started beside it', async () => {
    const request = await interrupted('in the tool');
    const survivor = await startAgentProcess(host);
    const answer = survivor.client.perform(request);
    await until(
      async () => (await survivor.client.readOperation(request.operationId)) !== null,
      'it is looked at',
    );
    await rm(host.path('hold-after-recovery-tool'));

    const result = await answer;

    expect(result).toMatchObject({ state: 'uncertain' });
    expect(await runs()).toHaveLength(1);
    await survivor.kill();
  });

  test('and a run of its own on a new blank log goes well', async () => {
    await interrupted('after the tool');
    const survivor = await startAgentProcess(host);
    await survivor.client.perform(host.request('set-aside-new-log', {}));
    await survivor.client.perform(host.request('initialize-log', {}));

    const result = await survivor.client.perform(host.request('run-recovery-tool', params()));

    expect(result).toMatchObject({ state: 'done', changed: true });
    expect(await runs()).toHaveLength(2);
    await survivor.kill();
  });

  test('the status says whether the tool is there', async () => {
    const agent = await startAgentProcess(host);

    const status = await agent.client.readStatus();

    expect(status.recoveryTool).toEqual({ present: true });
    await agent.kill();
  });

  test('one signer is not enough', async () => {
    const agent = await startAgentProcess(host);
    const request = host.request('run-recovery-tool', params(), {
      signers: [{ person: 'T1:U1', gate: 'commit', at: Date.now() }],
    });

    await expect(agent.client.perform(request)).rejects.toMatchObject({
      code: 'grant-refused',
      details: { rule: 'signers' },
    });
    await agent.kill();
  });
});
