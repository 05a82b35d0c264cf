import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerSchema } from '../../../src/thrift/methods.ts';
import type { Struct, ThriftValue } from '../../../src/thrift/schema.ts';
import type { methodResult } from '../../../src/thrift/structs.ts';
import * as tbinary from '../../../src/thrift/tbinary.ts';
import * as tjson from '../../../src/thrift/tjson.ts';
import { type Exchange, recordedExchanges, requestBytes } from '../../thrift/recorded-exchanges.ts';
import { type LoneScheduler, startLoneScheduler, untilLeading } from './support/lone-scheduler.ts';

/** Only sets the scene; put into the state directly. */
const setsTheScene = /^(createJob|scheduleCronJob|startMaintenance)/;
/** Nobody asks for these. */
const leftOut = new Set([
  'http_offers',
  'http_maintenance',
  'http_cron',
  'http_quotas',
  'http_state',
  'http_tiers',
  'http_threads',
]);
/** The list of services is another one in every release; only its form counts. */
const formOnly = new Set(['http_services']);

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

describe('the recorded session with a leader, in order', () => {
  const exchanges = recordedExchanges('leader');
  let lone: LoneScheduler;

  beforeAll(async () => {
    lone = await startLoneScheduler({ clusterName: 'devcluster' });
    await untilLeading(lone);
  });
  afterAll(() => lone.close());

  it('covers every exchange but those that are named', () => {
    const left = exchanges.filter(({ name }) => leftOut.has(name) || setsTheScene.test(name));

    expect(left.map(({ name }) => name)).toEqual([
      'createJob-over-quota',
      'createJob-service',
      'createJob-batch',
      'createJob-unicode',
      'createJob-too-big-pending',
      'scheduleCronJob',
      'startMaintenance',
      'http_offers',
      'http_maintenance',
      'http_cron',
      'http_quotas',
      'http_state',
      'http_tiers',
      'http_threads',
    ]);
  });

  for (const exchange of exchanges) {
    if (leftOut.has(exchange.name)) continue;
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
    it(exchange.name, async () => {
      const answer = await send(lone.url, exchange);

      expectSameAnswer(answer, exchange, lone.directory);
    });
  }
});

function expectSameAnswer(answer: Answer, exchange: Exchange, directory: string): void {
  const recorded = recordedAnswer(exchange);
  expect(answer.status).toBe(recorded.status);
  for (const name of ['content-type', 'content-encoding', 'www-authenticate'] as const) {
    expect(answer.headers[name], name).toBe(recorded.headers[name]);
  }
  const type = recorded.headers['content-type'] ?? '';
  if (type.includes('thrift') && recorded.body.length > 0) {
    const [mine, theirs] = [decodeReply(answer), decodeReply(recorded)];
    const masked = (reply: unknown) => JSON.stringify(reply).replaceAll(directory, '').replace(paths, '');
    expect(shapeOf(mine)).toEqual(shapeOf(theirs));
    expect(masked(outcomeOf(mine))).toBe(masked(outcomeOf(theirs)));
  } else if (formOnly.has(exchange.name)) {
    expect(shapeOf(JSON.parse(answer.body.toString()) as ThriftValue)).toEqual(
      shapeOf(JSON.parse(recorded.body.toString()) as ThriftValue),
    );
  } else if (!type.includes('html')) {
    expect(answer.body.toString()).toBe(recorded.body.toString());
  }
}

const paths = /\/var\/lib\/aurora(\/auth)?/g;

type Response = NonNullable<Struct<typeof methodResult>['success']>;

/** What is the same on every cluster: code, messages, who answered, which result, and which tasks. */
function outcomeOf(reply: ThriftValue): unknown {
  const { success } = reply as { success?: Response };
  if (success === undefined) return reply;
  const { responseCode, details, serverInfo, result } = success;
  const tasks = result?.scheduleStatusResult?.tasks ?? result?.queryRecoveryResult?.tasks ?? [];
  return {
    responseCode,
    details,
    serverInfo,
    result: Object.keys(result ?? {}),
    tasks: tasks.map(({ assignedTask, status }) => `${assignedTask?.taskId} ${status}`).sort(),
    roles: (result?.roleSummaryResult?.summaries ?? []).map((one) => JSON.stringify(one)).sort(),
    jobs: (result?.jobSummaryResult?.summaries ?? [])
      .map(({ job, stats }) => JSON.stringify([job?.key, stats]))
      .sort(),
    configs: (result?.getJobsResult?.configs ?? [])
      .map(({ key, instanceCount }) => JSON.stringify([key, instanceCount]))
      .sort(),
    backups: result?.listBackupsResult?.backups?.length,
    quota: result?.getQuotaResult && amounts(result.getQuotaResult),
    reasons: result?.getPendingReasonResult?.reasons,
    tiers: result?.getTierConfigResult,
  };
}

function amounts(quota: NonNullable<NonNullable<Response['result']>['getQuotaResult']>): unknown {
  return Object.entries(quota).map(([name, aggregate]) => [
    name,
    (aggregate?.resources ?? []).map((resource) => JSON.stringify(resource)).sort(),
  ]);
}

/** Keys and types of a value; of a list every different shape once. */
function shapeOf(value: ThriftValue | undefined): unknown {
  if (Array.isArray(value)) {
    return [...new Set(value.map((one: ThriftValue) => JSON.stringify(shapeOf(one))))].sort();
  }
  if (typeof value === 'object' && !(value instanceof Uint8Array)) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, inner]) => inner !== undefined)
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, inner]) => [name, shapeOf(inner)]),
    );
  }
  return typeof value;
}

function decodeReply({ headers, body }: Answer): ThriftValue {
  const codec = headers['content-type']?.includes('binary') ? tbinary : tjson;
  const bytes = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  return codec.decodeMessage(bytes, answerSchema).value;
}

function recordedAnswer({ response }: Exchange): Answer {
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers.map(([name, value]) => [name.toLowerCase(), value])),
    body: Buffer.from(response.bodyBase64 ?? '', 'base64'),
  };
}

/** With node:http: exactly the recorded headers, none of a friendlier client's. */
function send(url: string, exchange: Exchange): Promise<Answer> {
  const { method, path: target, headers } = exchange.request;
  const body = exchange.request.bodyBase64 === null ? undefined : requestBytes(exchange);
  return new Promise((resolve, reject) => {
    const request = http.request(`${url}${target}`, { method, headers }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(pieces),
        }),
      );
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

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
