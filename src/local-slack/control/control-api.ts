import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { AuroraError } from '../../aurora/errors.ts';
import type { Controls } from '../acting/controls.ts';
import { openHome } from '../acting/home.ts';
import { deleteMessage, editMessage, useShortcut } from '../acting/message-acts.ts';
import type { Modals } from '../acting/modals.ts';
import { typeText } from '../acting/typing.ts';
import type { Dispatcher } from '../delivery/dispatcher.ts';
import { readBody } from '../http-body.ts';
import type { Workspace } from '../state/workspace.ts';
import type { Faults } from './faults.ts';
import type { OfferedFaults } from './offered-faults.ts';
import {
  readChannel,
  readEphemerals,
  readHome,
  readMessage,
  readState,
  readThread,
  readViews,
} from './reading.ts';
import {
  closeRequest,
  deleteRequest,
  drillFaultRequest,
  editRequest,
  eventsQuery,
  faultRequest,
  homeRequest,
  shortcutRequest,
  submitRequest,
  suggestRequest,
  typeRequest,
  useRequest,
} from './requests.ts';

const bodyBytesMax = 1024 * 1024;

/**
 * `/control`: people without a screen. `drill --auto`, the tests and the page itself act and read through it; it is
 * described in docs/drill.md.
 */
export class ControlApi {
  private readonly workspace: Workspace;
  private readonly dispatcher: Dispatcher;
  private readonly controls: Controls;
  private readonly modals: Modals;
  private readonly faults: Faults;
  private readonly streams = new Set<ServerResponse>();
  private drillFaults: OfferedFaults | null = null;

  constructor(parts: {
    workspace: Workspace;
    dispatcher: Dispatcher;
    controls: Controls;
    modals: Modals;
    faults: Faults;
  }) {
    this.workspace = parts.workspace;
    this.dispatcher = parts.dispatcher;
    this.controls = parts.controls;
    this.modals = parts.modals;
    this.faults = parts.faults;
  }

  offerFaults(offered: OfferedFaults): void {
    this.drillFaults = offered;
  }

  /** Answers one request, `path` being what follows `/control/`. Throws AuroraError and SlackRefusal. */
  async handle(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://local');
    if (request.method === 'GET' && path === 'stream') return this.stream(url, response);
    if (request.method === 'GET' && path === 'events')
      return sendJson(response, await this.waitForEvents(url, response));
    if (request.method === 'GET')
      return sendJson(response, this.read(path.split('/').map(decodeURIComponent), url));
    if (request.method !== 'POST') throw notFound(path);
    if (request.headers['content-type']?.startsWith('application/json') !== true)
      throw new AuroraError({
        code: 'not-json',
        message: 'The control API takes JSON.',
        hint: 'Send content-type: application/json.',
      });
    const body = parseJson(await readBody(request, bodyBytesMax));
    sendJson(response, await this.act(path, body));
  }

  close(): void {
    for (const stream of this.streams) stream.end();
  }

  private read(path: readonly string[], url: URL): unknown {
    const user = url.searchParams.get('user') ?? undefined;
    const [kind, id = '', part, ts = ''] = path;
    if (kind === 'state' && path.length === 1) return { ...readState(this.workspace), ...this.faults.read() };
    if (kind === 'channels' && part === 'messages' && path.length === 3)
      return { messages: readChannel(this.workspace, this.channelId(id), user) };
    if (kind === 'channels' && part === 'threads') {
      const messages = readThread(this.workspace, this.channelId(id), ts, user);
      if (messages === null) throw notFound(path.join('/'));
      return { messages };
    }
    if (kind === 'users' && part === 'ephemerals') return { messages: readEphemerals(this.workspace, id) };
    if (kind === 'users' && part === 'views') return { views: readViews(this.workspace, id) };
    if (kind === 'users' && part === 'home') return { view: readHome(this.workspace, id) };
    if (kind === 'drill-faults' && path.length === 1) return { faults: this.drillFaults?.offered() ?? [] };
    if (kind === 'files' && path.length === 1) return { files: [...this.workspace.files.values()] };
    throw notFound(path.join('/'));
  }

  private async act(path: string, body: unknown): Promise<unknown> {
    const world = { workspace: this.workspace, dispatcher: this.dispatcher };
    switch (path) {
      case 'type':
        return { result: await typeText(world, parse(typeRequest, body)) };
      case 'edit':
        editMessage(world, parse(editRequest, body));
        return {};
      case 'delete':
        deleteMessage(world, parse(deleteRequest, body));
        return {};
      case 'shortcut':
        return { result: await useShortcut(world, parse(shortcutRequest, body)) };
      case 'press':
      case 'choose':
        return { result: await this.controls.use(parse(useRequest, body)) };
      case 'suggest':
        return await this.controls.suggest(parse(suggestRequest, body));
      case 'submit':
        return { result: await this.modals.submit(parse(submitRequest, body)) };
      case 'close':
        await this.modals.close(parse(closeRequest, body));
        return {};
      case 'open-home':
        openHome(world, parse(homeRequest, body));
        return {};
      case 'faults':
        this.faults.set(parse(faultRequest, body));
        return this.faults.read();
      case 'drill-faults':
        if (this.drillFaults === null) throw notFound(path);
        this.drillFaults.begin(parse(drillFaultRequest, body).name);
        return { faults: this.drillFaults.offered() };
      default:
        throw notFound(path);
    }
  }

  /** The events after a number, as soon as there is one of the wanted types. */
  private async waitForEvents(url: URL, response: ServerResponse): Promise<unknown> {
    const query = parse(eventsQuery, Object.fromEntries(url.searchParams));
    const { feed } = this.workspace;
    const types = query.types?.split(',');
    const wanted = (event: { type: string }) => types === undefined || types.includes(event.type);
    // Another run of the server: its numbers begin again.
    const restarted = query.run !== undefined && query.run !== feed.run;
    const after = restarted || query.after > feed.seq ? 0 : query.after;
    if (!feed.since(after).some(wanted))
      await new Promise<void>((resolve) => {
        const done = () => {
          stopFollowing();
          clearTimeout(timer);
          resolve();
        };
        const stopFollowing = feed.follow((event) => {
          if (wanted(event)) done();
        });
        const timer = setTimeout(done, query.timeout_ms);
        response.once('close', done);
      });
    const all = feed.since(after);
    return {
      run: feed.run,
      next: feed.seq,
      missed: (all[0]?.seq ?? after + 1) > after + 1,
      events: all.filter(wanted).map((event) => this.describe(event)),
    };
  }

  /** Server-sent events for the page. */
  private stream(url: URL, response: ServerResponse): void {
    const { feed } = this.workspace;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
    });
    const send = (event: unknown) => response.write(`data: ${JSON.stringify(event)}\n\n`);
    send({ type: 'hello', run: feed.run, seq: feed.seq });
    const after = Number(url.searchParams.get('after') ?? feed.seq);
    if (url.searchParams.get('run') === feed.run)
      for (const event of feed.since(after)) send(this.describe(event));
    this.streams.add(response);
    const stop = feed.follow((event) => send(this.describe(event)));
    response.once('close', () => {
      stop();
      this.streams.delete(response);
    });
  }

  /** Messages in events read as everywhere else in the control API. */
  private describe(event: ReturnType<Workspace['feed']['append']>): unknown {
    return 'message' in event
      ? { ...event, message: readMessage(this.workspace, event.channel, event.message) }
      : event;
  }

  private channelId(idOrName: string): string {
    const channel = this.workspace.channels.find(idOrName) ?? this.workspace.channels.findByName(idOrName);
    if (channel === undefined) throw notFound(`channels/${idOrName}`);
    return channel.id;
  }
}

/** Answers JSON; `ok: true` is added so that a caller can test one field. */
export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(body !== null && typeof body === 'object' ? { ok: true, ...body } : body));
}

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new AuroraError({
    code: 'bad-request',
    message: z.prettifyError(parsed.error),
    hint: 'docs/drill.md shows each request.',
  });
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    throw new AuroraError({
      code: 'bad-request',
      message: 'The body is not JSON.',
      hint: 'Send one JSON object.',
    });
  }
}

function notFound(path: string): AuroraError {
  return new AuroraError({
    code: 'not-found',
    message: `There is nothing at /control/${path}.`,
    hint: 'docs/drill.md lists what there is.',
  });
}
