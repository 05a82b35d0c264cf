/** Sends what a decent client would never send, and takes whatever comes back. */
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import type { FuzzedHost } from './fuzzed-host.ts';

export interface FuzzRequest {
  readonly method: string;
  /** As it stands in the request line. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /**
   * `plain`: as HTTP has it. `raw`: `body` is the whole request, as bytes. `slow`: the body stops in its middle.
   * `cut`: the connection ends in the middle of the body.
   */
  readonly how: 'plain' | 'raw' | 'slow' | 'cut';
}

export interface FuzzAnswer {
  /** 0 when the connection ended without one. */
  readonly status: number;
  /** Its beginning. */
  readonly body: string;
}

const answerMs = 20_000;
const keptBytes = 64 * 1024;
const connections = new Agent({ keepAlive: true, maxSockets: 64 });

/** Never throws; a connection that is refused or reset is an answer with status 0. */
export function send(host: FuzzedHost, asked: FuzzRequest): Promise<FuzzAnswer> {
  return asked.how === 'raw' ? sendRaw(host, asked) : sendHttp(host, asked);
}

/** Closes the connections that were kept. */
export function closeConnections(): void {
  connections.destroy();
}

function sendHttp(host: FuzzedHost, { method, path, headers, body, how }: FuzzRequest): Promise<FuzzAnswer> {
  return new Promise((resolve) => {
    const whole = how === 'plain';
    let call: ReturnType<typeof request>;
    try {
      call = request({
        host: '127.0.0.1',
        port: host.port,
        method,
        path,
        agent: whole ? connections : false,
        headers: {
          ...headers,
          ...(body === undefined || headers?.['transfer-encoding'] !== undefined
            ? {}
            : { 'content-length': String(body.length) }),
        },
      });
    } catch {
      // Not even Node's client sends it; the raw requests are there for that.
      resolve({ status: 0, body: '' });
      return;
    }
    const timer = setTimeout(() => call.destroy(), answerMs);
    call.on('response', (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        if (text.length < keptBytes) text += chunk.toString('latin1');
      });
      response.on('close', () => {
        clearTimeout(timer);
        resolve({ status: response.statusCode ?? 0, body: text });
      });
    });
    call.on('error', () => {
      clearTimeout(timer);
      resolve({ status: 0, body: '' });
    });
    if (body === undefined) call.end();
    else if (whole) call.end(body);
    else {
      call.write(body.subarray(0, Math.floor(body.length / 2)));
      if (how === 'cut') setImmediate(() => call.destroy());
    }
  });
}

function sendRaw(host: FuzzedHost, { body = Buffer.alloc(0) }: FuzzRequest): Promise<FuzzAnswer> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: host.port });
    let text = '';
    const end = (): void => {
      socket.destroy();
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), body: text.slice(0, keptBytes) });
    };
    socket.setTimeout(2_000, end);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (isWhole(text)) end();
    });
    socket.on('error', end);
    socket.on('close', end);
    socket.write(body);
  });
}

function isWhole(text: string): boolean {
  const headersEnd = text.indexOf('\r\n\r\n');
  const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? Number.NaN);
  return headersEnd >= 0 && text.length >= headersEnd + 4 + length;
}
