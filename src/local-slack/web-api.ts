import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Arguments } from './api/arguments.ts';
import type { Call, Method } from './api/method.ts';
import { RateLimits } from './api/rate-limits.ts';
import { readBody, readMultipart } from './http-body.ts';
import { RateLimited, SlackRefusal } from './refusal.ts';
import type { Workspace } from './state/workspace.ts';

/** A failure the control API has asked for: the next calls of a method go wrong this way. */
interface ApiFault {
  readonly method: string;
  times: number;
  /**
   * `lost-reply`: the call is carried out and its answer is lost; `unshared`: an upload is answered with OK and shown nowhere;
   * `refuse:` is followed by one of Slack's error codes.
   */
  readonly how: '429' | '500' | '503' | 'reset' | 'lost-reply' | 'unshared' | `refuse:${string}`;
  readonly retryAfterSeconds: number;
}

/** The Web API: `/api/<method>`, form, JSON and multipart bodies, business errors as HTTP 200 (slack.md 1.7). */
export class WebApi {
  readonly faults: ApiFault[] = [];
  private readonly workspace: Workspace;
  private readonly methods: ReadonlyMap<string, Method>;
  private readonly limits: RateLimits;
  private readonly issueSocketUrl: () => string;

  constructor(options: {
    workspace: Workspace;
    methods: ReadonlyMap<string, Method>;
    issueSocketUrl: () => string;
  }) {
    this.workspace = options.workspace;
    this.methods = options.methods;
    this.issueSocketUrl = options.issueSocketUrl;
    this.limits = new RateLimits(options.workspace.now, options.workspace.rules);
  }

  async handle(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = performance.now();
    const { token, args } = await this.readArguments(request);
    const fault = this.takeFault(name);
    const log = (status: number, ok: boolean, error?: string) =>
      this.workspace.feed.append({
        type: 'api_call',
        method: name,
        ok,
        status,
        ...(error === undefined ? {} : { error }),
        ms: Math.round(performance.now() - startedAt),
        args: args.forLog(),
      });
    const reply = (status: number, body: Record<string, unknown>, headers: Record<string, string> = {}) => {
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
      response.end(JSON.stringify(body));
    };

    if (fault?.how === 'reset') {
      log(0, false, 'connection reset (fault)');
      request.socket.destroy();
      return;
    }
    if (fault?.how === '500' || fault?.how === '503') {
      log(Number(fault.how), false, 'internal_error (fault)');
      return reply(Number(fault.how), { ok: false, error: 'internal_error' });
    }
    try {
      if (fault?.how === '429') throw new RateLimited(fault.retryAfterSeconds);
      if (fault?.how.startsWith('refuse:') === true)
        throw new SlackRefusal(fault.how.slice('refuse:'.length));
      const answer = this.run(name, token, fault?.how === 'unshared' ? args.without('channel_id') : args);
      log(200, true);
      if (fault?.how === 'lost-reply') return void request.socket.destroy();
      reply(200, { ok: true, ...answer }, { 'x-slack-req-id': randomUUID(), ...this.scopesOf(token) });
    } catch (error) {
      if (error instanceof RateLimited) {
        log(429, false, 'ratelimited');
        return reply(
          429,
          { ok: false, error: 'ratelimited' },
          { 'retry-after': String(error.retryAfterSeconds) },
        );
      }
      if (!(error instanceof SlackRefusal)) throw error;
      log(200, false, [error.code, ...error.messages].join(' '));
      reply(200, {
        ok: false,
        error: error.code,
        ...error.fields,
        ...(error.messages.length > 0 ? { response_metadata: { messages: error.messages } } : {}),
      });
    }
  }

  private run(name: string, token: string | undefined, args: Arguments): Record<string, unknown> {
    const method = this.methods.get(name);
    if (method === undefined) throw new SlackRefusal('unknown_method', { fields: { req_method: name } });
    this.checkToken(method, token);
    const call: Call = {
      args,
      workspace: this.workspace,
      issueSocketUrl: this.issueSocketUrl,
      requireScope: (scope) => this.requireScope(scope),
    };
    for (const scope of method.scopes) this.requireScope(scope);
    this.limits.take({ method: name, tier: method.tier, channel: args.optional('channel') });
    return method.run(call);
  }

  private checkToken(method: Method, token: string | undefined): void {
    const { app } = this.workspace.people;
    if (token === undefined || token === '') throw new SlackRefusal('not_authed');
    if (token !== app.botToken && token !== app.appToken) throw new SlackRefusal('invalid_auth');
    const kind = token === app.appToken ? 'app' : 'bot';
    if (method.token !== 'any' && method.token !== kind) throw new SlackRefusal('not_allowed_token_type');
  }

  /** Slack names what a token may do with every answer that it gets. */
  private scopesOf(token: string | undefined): Record<string, string> {
    const { appToken, scopes } = this.workspace.people.app;
    return { 'x-oauth-scopes': token === appToken ? 'connections:write' : scopes.join(',') };
  }

  private requireScope(scope: string): void {
    const { scopes } = this.workspace.people.app;
    if (!scopes.includes(scope))
      throw new SlackRefusal('missing_scope', { fields: { needed: scope, provided: scopes.join(',') } });
  }

  private takeFault(name: string): ApiFault | undefined {
    const fault = this.faults.find((candidate) => candidate.method === name || candidate.method === '*');
    if (fault === undefined) return undefined;
    fault.times -= 1;
    if (fault.times <= 0) this.faults.splice(this.faults.indexOf(fault), 1);
    return fault;
  }

  private async readArguments(
    request: IncomingMessage,
  ): Promise<{ token: string | undefined; args: Arguments }> {
    const body = await readBody(request, this.workspace.rules.bodyBytesMax);
    const values = new Map<string, unknown>();
    for (const [name, value] of new URL(request.url ?? '/', 'http://local').searchParams)
      values.set(name, value);
    const contentType = request.headers['content-type'] ?? '';
    if (contentType.startsWith('application/json')) addJson(values, body);
    else if (contentType.startsWith('multipart/form-data'))
      for (const [name, value] of await readMultipart(body, contentType))
        values.set(name, typeof value === 'string' ? value : await value.text());
    else for (const [name, value] of new URLSearchParams(body.toString('utf8'))) values.set(name, value);
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const given = values.get('token');
    values.delete('token');
    return {
      token: bearer ?? (typeof given === 'string' ? given : undefined),
      args: new Arguments(values),
    };
  }
}

function addJson(values: Map<string, unknown>, body: Buffer): void {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    if (parsed !== null && typeof parsed === 'object')
      for (const [name, value] of Object.entries(parsed)) values.set(name, value);
  } catch {
    throw new SlackRefusal('json_not_object');
  }
}
