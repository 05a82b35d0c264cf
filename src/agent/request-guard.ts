/**
 * What every request passes before its route and after: who asks, how often, how slowly, and its line in the audit log.
 * Operations are audited by the runner, before they act; everything else here, before its answer leaves.
 */
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../aurora/clock.ts';
import { AuroraError } from '../aurora/errors.ts';
import { hideSecrets } from '../aurora/hidden.ts';
import type { AuditEntry, RequestSource } from './audit-entry.ts';
import type { AuditLog } from './audit-log.ts';
import { bodyTooSlow } from './body-too-slow.ts';
import type { AgentConfig } from './config.ts';
import { createRequestLimits } from './request-limits.ts';
import { identifyClient } from './tls-identity.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its body is read by the route, as it comes. */
    streams?: boolean;
  }
  interface FastifyRequest {
    /** It has its line in the audit log, or the runner writes it. */
    audited: boolean;
    /** The rule or code it was refused with. */
    refusal: string | null;
    /** Of a body of JSON that was read. */
    fingerprint: Fingerprint | null;
  }
}

const hangUpMs = 1_000;

interface GuardParts {
  readonly config: AgentConfig;
  readonly clock: Clock;
  readonly audit: AuditLog;
}

/** Adds the hooks to the server; routes registered afterwards are behind them. */
export function guardRequests(app: FastifyInstance, { config, clock, audit }: GuardParts): void {
  const limits = createRequestLimits(config.bounds);
  const allowed = config.tls?.allowedClients ?? null;
  app.decorateRequest('audited', false);
  app.decorateRequest('refusal', null);
  app.decorateRequest('fingerprint', null);
  hashJsonBodies(app);

  app.addHook('onRequest', (request, reply, done) => {
    const identity = identifyClient(request.raw.socket);
    const client = identity?.label ?? request.ip;
    if (!limits.enter(client, clock.now())) throw tooMany();
    reply.raw.once('close', () => limits.leave(client));
    if (identity === null && !isNamedAsThisMachine(request.headers.host)) throw otherName();
    if (identity !== null && identity.validTo <= clock.now()) throw expired(identity.label);
    if (identity !== null && allowed?.some((name) => identity.names.includes(name)) === false) {
      throw notAllowed(identity.label);
    }
    boundBody(request, reply, { clock, bodyMs: config.bounds.bodyMs });
    done();
  });

  const write = (request: FastifyRequest, outcome: Outcome): void => {
    if (request.audited) return;
    request.audited = true;
    const source = outcome.decision === 'granted' ? sourceOf(request) : hashedSourceOf(request);
    audit.write({ at: clock.now(), ...source, ...outcome });
  };
  app.addHook('onSend', (request, reply, payload, done) => {
    write(request, outcomeOf(reply.statusCode, request.refusal));
    if (reply.statusCode >= 400 && !request.raw.complete) hangUpLater(request, reply, clock);
    done(null, payload);
  });
  app.addHook('onRequestAbort', (request, done) => {
    write(request, { decision: 'failed', rule: 'aborted' });
    done();
  });
}

type Outcome = Pick<AuditEntry, 'decision' | 'rule' | 'status'>;

function outcomeOf(status: number, refusal: string | null): Outcome {
  if (status < 400) return { decision: 'granted', status };
  return { decision: status < 500 ? 'refused' : 'failed', rule: refusal ?? `http-${status}`, status };
}

/** Who asked for what, bounded. */
function sourceOf(request: FastifyRequest): RequestSource {
  return {
    from: request.ip,
    client: identifyClient(request.raw.socket)?.label ?? null,
    request: hideSecrets(lineOf(request)).slice(0, 300),
  };
}

/** The same with a hash, by which a request that was cut short can be told again. */
export function hashedSourceOf(request: FastifyRequest): RequestSource {
  const { body } = request;
  const hashed =
    request.fingerprint ?? fingerprintOf(Buffer.isBuffer(body) ? body : Buffer.from(lineOf(request)));
  return { ...sourceOf(request), ...hashed };
}

function lineOf({ method, url }: FastifyRequest): string {
  return `${method} ${url}`;
}

interface Fingerprint {
  readonly sha256: string;
  readonly size: number;
}

function fingerprintOf(bytes: Buffer): Fingerprint {
  return { sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.length };
}

/** Bodies of JSON are hashed as they came, before they are parsed. */
function hashJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    request.fingerprint = fingerprintOf(body);
    void parse(request, body.toString('utf8'), done);
  });
}

/** A body must be there in time. Uploads are as long as backups are, and have a bound of their own on silence. */
function boundBody(
  request: FastifyRequest,
  reply: FastifyReply,
  { clock, bodyMs }: { clock: Clock; bodyMs: number },
): void {
  if (request.method === 'GET' || request.method === 'HEAD' || request.routeOptions.config.streams === true)
    return;
  const heard = new AbortController();
  request.raw.once('end', () => heard.abort());
  request.raw.once('close', () => heard.abort());
  void clock.sleep(bodyMs, heard.signal).then(() => {
    if (heard.signal.aborted || reply.sent) return;
    void reply.send(bodyTooSlow(bodyMs));
  });
}

/**
 * After a refusal in the middle of a body, the rest is not waited for. Cutting at once could destroy the answer on its way
 * to a client that is still sending (a reset overtakes it).
 */
function hangUpLater(request: FastifyRequest, reply: FastifyReply, clock: Clock): void {
  const ended = new AbortController();
  request.raw.once('end', () => ended.abort());
  request.raw.once('close', () => ended.abort());
  reply.raw.once('finish', () => {
    request.raw.resume();
    void clock.sleep(hangUpMs, ended.signal).then(() => {
      if (!request.raw.complete) request.raw.destroy();
    });
  });
}

/**
 * A page in a browser of this machine reaches loopback under a name of its own (DNS rebinding), and would read as we do. With
 * TLS it has no certificate; in clear only the name in its request tells it.
 */
function isNamedAsThisMachine(host = ''): boolean {
  return /^(127(\.\d{1,3}){3}|localhost|\[::1\])(:\d{1,5})?$/i.test(host);
}

function otherName(): AuroraError {
  return new AuroraError({
    code: 'host-refused',
    message:
      'The request names another host than this machine, and without TLS only this machine is answered.',
    hint: 'Ask for 127.0.0.1, localhost or [::1]; a bot elsewhere needs tls in the configuration of the agent.',
  });
}

function tooMany(): AuroraError {
  return new AuroraError({
    code: 'too-many-requests',
    message: 'This client sends more requests than the agent answers.',
    hint: 'Ask again in a second; bounds.requestsPerSecond in the configuration of the agent says how much is taken.',
  });
}

function expired(label: string): AuroraError {
  return new AuroraError({
    code: 'client-expired',
    message: `The certificate of ${label} has expired since the connection was made.`,
    hint: "Renew the bot's certificate (agentTls in its configuration) and start the bot again.",
  });
}

function notAllowed(label: string): AuroraError {
  return new AuroraError({
    code: 'client-refused',
    message: `${label} has a certificate that this agent can verify, and is not among its clients.`,
    hint: 'Add its name to tls.allowedClients in the configuration of the agent, if it is a bot.',
  });
}
