import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Exchange, recordedExchanges } from '../../thrift/recorded-exchanges.ts';
import { type LoneScheduler, startLoneScheduler, untilLeading } from './support/lone-scheduler.ts';
import {
  decodeReply,
  expectSameAnswer,
  notServed,
  type Response,
  recordedAnswer,
  send,
} from './support/recorded-answers.ts';

/** Only sets the scene; put into the state directly. */
const setsTheScene = /^(createJob|scheduleCronJob|startMaintenance)/;
describe('the recorded session with a leader, in order', () => {
  const exchanges = recordedExchanges('leader');
  let lone: LoneScheduler;

  beforeAll(async () => {
    lone = await startLoneScheduler({ clusterName: 'devcluster' });
    await untilLeading(lone);
  });
  afterAll(() => lone.close());

  for (const exchange of exchanges) {
    if (notServed.test(exchange.name)) continue;
    if (setsTheScene.test(exchange.name)) {
      if (exchange.name === 'startMaintenance') it('sets the scene', () => setScene(lone, exchanges));
      continue;
    }
    it(exchange.name, async () => {
      renameBackup(lone.directory, exchanges);

      const answer = await send(lone.url, exchange);

      expectSameAnswer(answer, exchange, lone.directory);
    });
  }

  it.each(exchanges.filter(({ name }) => notServed.test(name)))('does not serve $name', async (exchange) => {
    const { status, body } = await send(lone.url, exchange);

    expect(status === 404 || body.toString('latin1').includes('Invalid method name')).toBe(true);
  });
});

describe('TJSON', () => {
  it.each([
    ['[1,"getRoleSummary",1,1,{}]\n', 200],
    ['[1, "getRoleSummary",1,1,{}]', 500],
    ['\n[1,"getRoleSummary",1,1,{}]', 500],
    ['[1,"stageRecovery",1,1,{"1":{"str":"a \\" b"}}]', 200],
  ])('%j is answered with %i', async (body, status) => {
    const lone = await startLoneScheduler({ clusterName: 'c' });
    await untilLeading(lone);

    const response = await fetch(`${lone.url}/api`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });

    expect(response.status).toBe(status);
    await lone.close();
  });
});

describe('the recorded session with Basic authentication, in order', () => {
  const exchanges = recordedExchanges('basic-auth');
  let lone: LoneScheduler;

  beforeAll(async () => {
    lone = await startLoneScheduler({
      clusterName: 'authcluster',
      flags: ['-http_authentication_mechanism=BASIC', '-shiro_ini_path={directory}/security.ini'],
      prepare: (directory) => {
        const ini = [
          '[users]',
          'admin = secret, admin',
          'reader = readpw, reader',
          '[roles]',
          'admin = *',
          'reader = thrift.AuroraSchedulerManager:*',
        ];
        fs.writeFileSync(path.join(directory, 'security.ini'), ini.join('\n'));
      },
    });
    await untilLeading(lone);
  });
  afterAll(() => lone.close());

  for (const exchange of exchanges) {
    if (notServed.test(exchange.name)) continue;
    it(exchange.name, async () => {
      const answer = await send(lone.url, exchange);

      expectSameAnswer(answer, exchange, lone.directory);
    });
  }
});

/** The state after the recorded set-up, read from what the real scheduler said about it. */
async function setScene({ scheduler }: LoneScheduler, exchanges: readonly Exchange[]): Promise<void> {
  const said = (name: string) => {
    const exchange = exchanges.find((one) => one.name === name);
    if (exchange === undefined) throw new Error(`no exchange ${name}`);
    const { success } = decodeReply(recordedAnswer(exchange)) as { success: Response };
    return success.result;
  };
  const crons = (said('getJobs-binary')?.getJobsResult?.configs ?? []).filter(
    ({ cronSchedule }) => cronSchedule !== undefined,
  );
  await scheduler.storage.write({
    save: {
      tasks: said('getTasksStatus-binary')?.scheduleStatusResult?.tasks,
      cronJobs: crons.map((jobConfiguration) => ({ jobConfiguration })),
      quotaConfigurations: [{ role: 'www-data', quota: said('getQuota-binary')?.getQuotaResult?.quota }],
    },
  });
}

/** The recorded calls name the backup of their own minute. */
function renameBackup(directory: string, exchanges: readonly Exchange[]): void {
  const name = exchanges.find((one) => one.name === 'listBackups-json')?.rpc?.decoded?.backups?.[0];
  const backups = path.join(directory, 'backups');
  const [own] = fs.readdirSync(backups);
  if (own !== undefined && name !== undefined && own !== name) {
    fs.renameSync(path.join(backups, own), path.join(backups, name));
  }
}
