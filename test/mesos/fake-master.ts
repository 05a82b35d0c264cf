import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';

/** What a master under test answers to one call: a JSON body, or anything at all. */
export type Reply =
  | { readonly json: unknown }
  | { readonly status: number; readonly location?: string; readonly text?: string }
  | 'mute';

export interface FakeMaster {
  /** `http://127.0.0.1:port`, or https. */
  readonly url: string;
  /** Call names in the order they came, such as `GET_TASKS`. */
  readonly asked: readonly string[];
  /** Replaces the replies; a function is asked anew each time. */
  reply(replies: Record<string, Reply | (() => Reply)>): void;
  close(): Promise<void>;
}

/** An HTTP server that answers `POST /api/v1` by call name, and is as strict about the request as Mesos is. */
export async function startFakeMaster(
  replies: Record<string, Reply | (() => Reply)> = {},
  guard: {
    /** With these it speaks https only. */
    readonly tls?: ServerOptions;
    /** Judges the Authorization header before the question is read; `null` lets it in. */
    readonly authorize?: (header: string | undefined) => Reply | null;
  } = {},
): Promise<FakeMaster> {
  const asked: string[] = [];
  let current = replies;
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    void readBody(request).then((body) => {
      if (request.method !== 'POST' || request.url !== '/api/v1') return send(response, { status: 404 });
      if (request.headers['content-type'] !== 'application/json') return send(response, { status: 415 });
      const refusal = guard.authorize?.(request.headers.authorization) ?? null;
      if (refusal !== null) return send(response, refusal);
      const type = callOf(body);
      asked.push(type);
      const reply = current[type] ?? { status: 400 };
      return send(response, typeof reply === 'function' ? reply() : reply);
    });
  };
  const server = guard.tls === undefined ? createServer(answer) : createTlsServer(guard.tls, answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${guard.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    asked,
    reply: (next) => {
      current = { ...current, ...next };
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function callOf(body: string): string {
  const json: unknown = JSON.parse(body);
  return typeof json === 'object' && json !== null && 'type' in json ? String(json.type) : '';
}

function send(response: ServerResponse, reply: Reply): void {
  if (reply === 'mute') return;
  if ('json' in reply) {
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify(reply.json));
    return;
  }
  if (reply.location !== undefined) response.setHeader('Location', reply.location);
  response.writeHead(reply.status).end(reply.text ?? '');
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString('utf8');
}
