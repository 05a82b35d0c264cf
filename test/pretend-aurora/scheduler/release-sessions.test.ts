import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Struct } from '../../../src/thrift/schema.ts';
import { snapshot } from '../../../src/thrift/structs.ts';
import { decodeStruct } from '../../../src/thrift/tbinary.ts';
import { type Release, type ReleaseExchange, releaseExchanges } from '../../thrift/recorded-exchanges.ts';
import { type LoneScheduler, startLoneScheduler, untilLeading } from './support/lone-scheduler.ts';
import { expectSameAnswer, notServed, send } from './support/recorded-answers.ts';
import { isOfTwoHosts } from './support/release-session.ts';

const fixtures = path.join(import.meta.dirname, '../../fixtures/releases');
const releases: readonly Release[] = ['0.9.0', '0.17.0', '0.20.0'];

/** Only sets the scene; put into the state directly. */
const setsTheScene =
  /^(createJob|killTasks|scheduleCronJob|descheduleCronJob|forceTaskState|startMaintenance|maintenanceStatus|endMaintenance|startJobUpdate)/;
describe.each(releases)('the recorded session with a leader of %s, in order', (release) => {
  const exchanges = releaseExchanges(release, 'rpc').filter((exchange) => !isOfTwoHosts(exchange));
  let lone: LoneScheduler;

  beforeAll(async () => {
    lone = await startLoneScheduler({ auroraVersion: release, clusterName: 'devcluster' });
    await untilLeading(lone);
  });
  afterAll(() => lone.close());

  for (const exchange of exchanges) {
    const { name } = exchange;
    if (notServed.test(name)) continue;
    if (setsTheScene.test(name)) {
      if (name.startsWith('forceTaskState-session-data'))
        it('sets the scene', () => setEarlyScene(lone, release));
      if (name.startsWith('startJobUpdate')) it('sets the scene', () => setScene(lone, release));
      continue;
    }
    it(name, async () => {
      prepare(lone, { release, exchange });

      const answer = await answerOf(lone.url, exchange);

      if (exchange.response === null) expect(answer).toBe('none');
      else expectAnswer(answer, { exchange, directory: lone.directory });
    });
  }
});

describe.each(['0.9.0', '0.17.0'] as const)(
  'the recorded session with %s and Basic authentication',
  (release) => {
    let lone: LoneScheduler;

    beforeAll(async () => {
      lone = await startLoneScheduler({
        auroraVersion: release,
        clusterName: 'devcluster',
        flags: ['-http_authentication_mechanism=BASIC', '-shiro_ini_path={directory}/security.ini'],
        prepare: (directory) => {
          const ini = [
            '[users]',
            'root = secret, admin',
            'reader = pw, reader',
            'job = pw, job',
            '[roles]',
            'admin = *',
            'reader = "thrift.AuroraAdmin:listBackups,performBackup"',
            'job = thrift.AuroraSchedulerManager:*',
          ];
          fs.writeFileSync(path.join(directory, 'security.ini'), ini.join('\n'));
        },
      });
      await untilLeading(lone);
    });
    afterAll(() => lone.close());

    for (const exchange of releaseExchanges(release, 'rpc-basic-auth')) {
      if (notServed.test(exchange.name)) continue;
      it(exchange.name, async () => {
        const answer = await answerOf(lone.url, exchange);

        expectAnswer(answer, { exchange, directory: lone.directory });
      });
    }
  },
);

/** Before these the recording unloaded what was staged, without recording that. */
const startsAfresh = /^stageRecovery-(cut|gzip|zero|one-zero|trailing|json-text|directory|path|300)/;

type Answer = Awaited<ReturnType<typeof send>> | 'none';

function answerOf(url: string, exchange: ReleaseExchange): Promise<Answer> {
  return send(url, exchange).catch(() => 'none' as const);
}

function expectAnswer(
  answer: Answer,
  { exchange, directory }: { exchange: ReleaseExchange; directory: string },
): void {
  const { response } = exchange;
  if (answer === 'none' || response === null) throw new Error(`no answer to ${exchange.name}`);
  expectSameAnswer(answer, { ...exchange, response }, directory);
}

function backupsOf(release: Release): { first: string; large: string } {
  const [first = '', large = ''] = fs
    .readdirSync(path.join(fixtures, release, 'backups'))
    .filter((name) => /^scheduler-backup-2026-11-23-17-\d\d$/.test(name))
    .sort();
  return { first, large };
}

/** What the calls with all kinds of session keys left: one job, and the backup of a minute before. */
async function setEarlyScene({ scheduler, directory }: LoneScheduler, release: Release): Promise<void> {
  const { tasks = [] } = sceneOf(release);
  const left = tasks.filter(({ assignedTask }) => assignedTask?.task?.job?.role === 'sess');
  await scheduler.storage.write({ save: { tasks: left } });
  const backups = path.join(directory, 'backups');
  fs.renameSync(
    path.join(backups, backupsOf(release).first),
    path.join(backups, 'scheduler-backup-2026-11-23-17-01'),
  );
}

/** The state after the recorded set-up, as the real scheduler wrote it into its own backup. */
async function setScene({ scheduler }: LoneScheduler, release: Release): Promise<void> {
  const { schedulerMetadata: _own, ...state } = sceneOf(release);
  await scheduler.storage.write({ save: state });
}

function sceneOf(release: Release): Struct<typeof snapshot> {
  const bytes = fs.readFileSync(path.join(fixtures, release, 'backups', backupsOf(release).first));
  return decodeStruct(snapshot, bytes);
}

/** The files that were there at that moment of the recording, under its names. */
function prepare(
  lone: LoneScheduler,
  { release, exchange }: { release: Release; exchange: ReleaseExchange },
): void {
  const directory = path.join(lone.directory, 'backups');
  const { first, large } = backupsOf(release);
  for (const name of fs.readdirSync(directory)) {
    // The recorded calls name the backup of their own minute.
    if (!/^scheduler-backup-20(01|26-11-23-17)/.test(name) && name !== 'a-directory') {
      fs.renameSync(path.join(directory, name), path.join(directory, first));
    }
  }
  const write = (name: string, bytes: Uint8Array) => fs.writeFileSync(path.join(directory, name), bytes);
  if (exchange.name === 'listBackups-with-odd-files-json') {
    const whole = fs.readFileSync(path.join(directory, first));
    const odd = [
      whole.subarray(0, Math.floor(whole.length / 3)),
      whole.subarray(0, -1),
      gzipSync(whole),
      Buffer.alloc(0),
      Buffer.alloc(1),
      Buffer.concat([whole, Buffer.from('behind the end')]),
      Buffer.from('{"tasks":[]}'),
    ];
    for (const [index, bytes] of odd.entries()) write(`scheduler-backup-2001-01-01-00-0${index + 1}`, bytes);
    write('temp_scheduler-backup-2001-01-01-00-08', whole);
    fs.mkdirSync(path.join(directory, 'a-directory'));
  }
  if (exchange.name === 'stageRecovery-300-tasks-json') {
    write(large, fs.readFileSync(path.join(fixtures, release, 'backups', large)));
  }
  if (startsAfresh.test(exchange.name)) lone.scheduler.recovery.unload();
}
