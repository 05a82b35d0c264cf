/** Requests written by hand to break a server: paths, bodies, speeds, bytes, and calls that the relay must not pass on. */
import { methods } from '../../src/thrift/methods.ts';
import { encodeMessage as encodeBinary } from '../../src/thrift/tbinary.ts';
import { encodeMessage as encodeJson } from '../../src/thrift/tjson.ts';
import { backupName, linkName, uploadBytesMax } from './fuzzed-host.ts';
import { hostileStrings } from './hostile-strings.ts';
import { anything, contentTypes } from './openapi-values.ts';
import type { Random } from './random.ts';
import type { FuzzRequest } from './send.ts';

const json = { 'content-type': 'application/json' };
const uploadPath = `/v1/uploads/R1/${backupName}`;
const sha = 'ab'.repeat(32);

/** The slow ones hold a connection each for as long as the agent lets them. */
export function makeHostileRequest(random: Random): FuzzRequest {
  const roll = random.int(1_000);
  if (roll < 2) return makeSlow(random);
  if (roll < 8) return makeHuge(random);
  if (roll < 200) return makeRaw(random);
  if (roll < 450) return makePathTrick(random);
  if (roll < 650) return makeRelayed(random);
  if (roll < 800) return makeUpload(random);
  return makeWrongBody(random);
}

function makePathTrick(random: Random): FuzzRequest {
  const trick = random.pick([
    `/v1/backups/${linkName}`,
    `/v1/backups/${linkName}/tasks`,
    `/v1/held/R1/${linkName}`,
    '/v1/held/../../../passwd',
    '/v1/held/R1/../../passwd',
    '/v1/held/R1/%2e%2e%2f%2e%2e%2fpasswd',
    '/v1/held/..%2f..%2fetc/passwd',
    '/v1/backups/..%2f..%2fsecret',
    '/v1/backups/%2e%2e',
    '/v1//backups///',
    '//v1/status',
    '/v1/status/../held/R1/x',
    '/v1/held/R1%00/x',
    `/v1/backups/${backupName}%0a`,
    `/v1/backups/${'x'.repeat(1_000)}`,
    '/v1/operations/%ff%fe',
    '/v1/operations/..',
    '/%5c..%5c..%5cpasswd',
    'http://127.0.0.1/v1/held/R1/../../passwd',
    '/openapi.json?../../passwd',
    '/healthz/',
  ]);
  return { method: random.pick(['GET', 'HEAD', 'PUT', 'DELETE']), path: trick, how: 'plain' };
}

function makeRelayed(random: Random): FuzzRequest {
  const method = random.pick(Object.keys(methods) as (keyof typeof methods)[]);
  const binary = random.chance(0.4);
  const message = { name: method, type: random.chance(0.9) ? 'call' : 'reply', seqid: 1 } as const;
  const encode = binary ? encodeBinary : encodeJson;
  let body: Buffer;
  try {
    body = Buffer.from(encode(message, methods[method], {}));
  } catch {
    body = Buffer.from(`[1,"${method}",1,1,{}]`);
  }
  if (random.chance(0.5)) body = damage(random, body);
  const type = binary ? 'application/vnd.apache.thrift.binary' : 'application/vnd.apache.thrift.json';
  return {
    method: 'POST',
    path: '/v1/scheduler/api',
    headers: { 'content-type': random.chance(0.9) ? type : random.pick(contentTypes) },
    body,
    how: 'plain',
  };
}

/** Smuggles a second call behind a first, cuts, flips, repeats. */
function damage(random: Random, body: Buffer): Buffer {
  const at = random.int(body.length);
  return random.pick([
    () => body.subarray(0, at),
    () => Buffer.concat([body, body]),
    () => Buffer.concat([body, Buffer.from('[1,"commitRecovery",1,1,{}]')]),
    () => Buffer.concat([body.subarray(0, at), random.bytes(1), body.subarray(at)]),
    () => Buffer.from(body.toString('latin1').replace(/"\w+"/, '"commitRecovery"'), 'latin1'),
    () => Buffer.from(body.toString('latin1').replace(/"(\w)/, '"\\u0063ommitRecovery","$1'), 'latin1'),
  ])();
}

function makeUpload(random: Random): FuzzRequest {
  const name = random.chance(0.7) ? backupName : random.pick(hostileStrings);
  const restore = random.chance(0.8) ? `R${random.int(5)}` : random.pick(hostileStrings);
  const body = random.bytes(random.int(500));
  return {
    method: 'PUT',
    path: `/v1/uploads/${encodeURIComponent(restore.toWellFormed())}/${encodeURIComponent(name.toWellFormed())}?sha256=${random.pick([sha, 'x', '', '../../x', '%00'])}`,
    headers: { 'content-type': random.chance(0.9) ? 'application/octet-stream' : random.pick(contentTypes) },
    body,
    how: random.chance(0.05) ? 'cut' : 'plain',
  };
}

function makeWrongBody(random: Random): FuzzRequest {
  const body = random.pick<() => Buffer>([
    () => Buffer.from(JSON.stringify(anything(random, 0)) ?? ''),
    () => Buffer.from('{"operationId":"a","operationId":"b","kind":"commit-recovery"}'),
    () => Buffer.from(`{"__proto__":{"kind":"set-aside-log"}}`),
    () => Buffer.from('['.repeat(20_000)),
    () => Buffer.from('{"a":'.repeat(5_000)),
    () => Buffer.from([0xff, 0xfe, 0x00]),
    () => random.bytes(300),
    () => Buffer.from('{"kind":"commit-recovery","params":{},"grant":null}'),
  ])();
  return {
    method: random.pick(['POST', 'PUT']),
    path: random.pick([
      '/v1/operations',
      '/v1/operations?waitMs=-1',
      '/v1/operations?waitMs=1e99',
      '/v1/scheduler/api',
    ]),
    headers: {
      ...json,
      ...(random.chance(0.1) ? { 'content-encoding': random.pick(['gzip', 'br', 'x']) } : {}),
      ...(random.chance(0.1) ? { 'transfer-encoding': 'chunked' } : {}),
      ...(random.chance(0.1) ? { expect: '100-continue' } : {}),
    },
    body,
    how: random.chance(0.03) ? 'cut' : 'plain',
  };
}

/** Longer than is taken: announced, or only sent. */
function makeHuge(random: Random): FuzzRequest {
  const upload = random.chance(0.5);
  const body = Buffer.alloc(upload ? uploadBytesMax + 1 : random.pick([70_000, 1_100_000, 17_000_000]), 0x20);
  return {
    method: upload ? 'PUT' : 'POST',
    path: upload ? `${uploadPath}?sha256=${sha}` : random.pick(['/v1/operations', '/v1/scheduler/api']),
    headers: {
      'content-type': upload ? 'application/octet-stream' : 'application/json',
      ...(random.chance(0.5) ? { 'transfer-encoding': 'chunked' } : {}),
    },
    body,
    how: 'plain',
  };
}

function makeSlow(random: Random): FuzzRequest {
  const upload = random.chance(0.5);
  return {
    method: upload ? 'PUT' : 'POST',
    path: upload ? `${uploadPath}?sha256=${sha}` : '/v1/operations',
    headers: upload ? { 'content-type': 'application/octet-stream' } : json,
    body: Buffer.alloc(1_000, 0x20),
    how: 'slow',
  };
}

function makeRaw(random: Random): FuzzRequest {
  const get = 'GET /v1/status HTTP/1.1\r\nHost: 127.0.0.1\r\n';
  const body = random.pick<() => string | Buffer>([
    () => random.bytes(random.int(400)),
    () => 'GET /\r\n\r\n',
    () => 'HELLO / HTTP/9.9\r\n\r\n',
    () => `GET /v1/held/../../passwd HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`,
    () => `GET /v1/held/R1/..%2f..%2fpasswd HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`,
    () => `GET \\..\\..\\passwd HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`,
    () => `${get}X: ${'a'.repeat(20_000)}\r\n\r\n`,
    () => `${get}${'X: a\r\n'.repeat(3_000)}\r\n`,
    () =>
      `POST /v1/operations HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}`,
    () => `POST /v1/operations HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n`,
    () =>
      `POST /v1/operations HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\nContent-Type: application/json\r\n\r\nzz\r\n\r\n`,
    () =>
      `POST /v1/operations HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n5\r\n{"a":\r\nffffffffffffffffff\r\n`,
    () =>
      `GET /v1/status HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`,
    () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    () => Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03]),
    () => `GET /v1/status HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n`,
    () => `CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`,
    () => `GET /v1/backups/\x00 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`,
    () => `GET /v1/status HTTP/1.1\nHost: a\n\n`,
  ])();
  return { method: 'GET', path: '', body: Buffer.from(body), how: 'raw' };
}
