import http from 'node:http';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { amountsOf } from '../../../../src/pretend-aurora/scheduler/tasks/amounts.ts';
import type { Struct, ThriftValue } from '../../../../src/thrift/schema.ts';
import type { methodResult } from '../../../../src/thrift/structs.ts';
import * as tbinary from '../../../../src/thrift/tbinary.ts';
import * as tjson from '../../../../src/thrift/tjson.ts';
import { answerSchema } from '../../../support/answer-schema.ts';
import { type Exchange, requestBytes } from '../../../thrift/recorded-exchanges.ts';

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

type Answered = Pick<Exchange, 'name' | 'request' | 'response'>;

/** Status, label, response code, messages, shape, and which tasks; `directory` is where the pretend host's files are. */
export function expectSameAnswer(answer: Answer, exchange: Answered, directory: string): void {
  const recorded = recordedAnswer(exchange);
  expect(answer.status).toBe(recorded.status);
  expect(answer.headers['www-authenticate']).toBe(recorded.headers['www-authenticate']);
  // A refusal's words are shown to people; how a page is labelled is not.
  if (recorded.status === 415) expect(answer.body.toString()).toBe(recorded.body.toString());
  if (recorded.headers['content-type']?.includes('thrift') !== true) return;
  for (const name of ['content-type', 'content-encoding'] as const) {
    expect(answer.headers[name], name).toBe(recorded.headers[name]);
  }
  if (recorded.body.length === 0) return;
  const [mine, theirs] = [decodeReply(answer), decodeReply(recorded)];
  const masked = (reply: unknown) => JSON.stringify(reply).replaceAll(directory, '').replace(paths, '');
  expect(shapeOf(mine)).toEqual(shapeOf(withoutNextRuns(theirs)));
  expect(masked(outcomeOf(mine))).toBe(masked(outcomeOf(theirs)));
}

/** What no restore, agent or person in a drill asks a scheduler for; docs/drill.md lists the calls. */
export const notServed =
  /^(setQuota|getPendingReason|getJobs)(-|$)|^http_(?!leaderhealth|nothing-here|api_slash)|^apibeta-/;

/** `/var/lib/aurora`, with a release, a role or a host beside it in some recordings. */
const paths = /\/var\/lib\/aurora(-[\d.]+)?(\/auth)?|(?<=\/backups)-two[AB]/g;

export type Response = NonNullable<Struct<typeof methodResult>['success']>;

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
      .map(({ job, stats }) =>
        JSON.stringify([
          job?.key,
          job?.instanceCount,
          job?.cronSchedule,
          job?.taskConfig?.executorConfig,
          stats,
        ]),
      )
      .sort(),
    quota: Object.entries(result?.getQuotaResult ?? {}).map(
      ([name, amounts]) => `${name} ${JSON.stringify(amountsOf(amounts))}`,
    ),
    updates: result?.getJobUpdateSummariesResult?.updateSummaries,
    backups: result?.listBackupsResult?.backups?.length,
    tiers: result?.getTierConfigResult,
  };
}

/** Of cron jobs: a pretend scheduler does not say when they run next. */
function withoutNextRuns(reply: ThriftValue): ThriftValue {
  const { success } = reply as { success?: Response };
  const jobSummaryResult = success?.result?.jobSummaryResult;
  if (jobSummaryResult === undefined) return reply;
  const summaries = jobSummaryResult.summaries?.map(({ nextCronRunMs: _next, ...summary }) => summary);
  return { success: { ...success, result: { jobSummaryResult: { summaries } } } };
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

export function decodeReply({ headers, body }: Answer): ThriftValue {
  const codec = headers['content-type']?.includes('binary') ? tbinary : tjson;
  const bytes = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  return codec.decodeMessage(bytes, answerSchema).value;
}

export function recordedAnswer({ response }: Pick<Exchange, 'response'>): Answer {
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers.map(([name, value]) => [name.toLowerCase(), value])),
    body: Buffer.from(response.bodyBase64 ?? '', 'base64'),
  };
}

/** With node:http: exactly the recorded headers, none of a friendlier client's. */
export function send(url: string, exchange: Pick<Exchange, 'request'>): Promise<Answer> {
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
