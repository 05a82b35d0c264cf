import http from 'node:http';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { answerSchema } from '../../../../src/thrift/methods.ts';
import type { Struct, ThriftValue } from '../../../../src/thrift/schema.ts';
import type { methodResult } from '../../../../src/thrift/structs.ts';
import * as tbinary from '../../../../src/thrift/tbinary.ts';
import * as tjson from '../../../../src/thrift/tjson.ts';
import { type Exchange, requestBytes } from '../../../thrift/recorded-exchanges.ts';

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

type Answered = Pick<Exchange, 'name' | 'request' | 'response'>;

/** The list of services is another one in every release; only its form counts. */
const formOnly = new Set(['http_services']);

/** Status, labels, response code, messages, shape, and which tasks; `directory` is where the pretend host's files are. */
export function expectSameAnswer(answer: Answer, exchange: Answered, directory: string): void {
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
  } else if (!type.includes('html') && !recorded.body.toString().startsWith('<!doctype')) {
    expect(answer.body.toString()).toBe(recorded.body.toString());
  }
}

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
    [aggregate?.numCpus, aggregate?.ramMb, aggregate?.diskMb],
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
