import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { answerOperatorCall, describeState, type MasterAddress } from './census.ts';
import { MesosCluster } from './cluster.ts';
import { callSchema, type Push, subscribeSchema } from './protocol.ts';
import {
  emptyMasterState,
  type MasterEvent,
  type MasterState,
  type MasterTask,
  masterStateSchema,
} from './state.ts';

interface MesosMasterOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Where to start from when there is no state file yet. */
  readonly state?: MasterState;
  /** Written at every change (and renamed into place), read at the start: a restarted drill goes on. */
  readonly stateFile?: string;
  readonly now?: () => number;
  readonly newFrameworkId?: () => string;
}

/** The simulated Mesos master: operator API on HTTP, tasks that really end, a record of what happened. */
export interface SimulatedMesosMaster {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  tasks(): readonly MasterTask[];
  events(): readonly MasterEvent[];
  readonly cluster: MesosCluster;
  /** While it is away every connection is cut, and new ones at once. */
  setAway(away: boolean): void;
  close(): Promise<void>;
}

const bodyLimit = 16 * 1024 * 1024;

/** Starts it in this process. Throws when the port cannot be bound or the state file is not one. */
export async function startMesosMaster(options: MesosMasterOptions): Promise<SimulatedMesosMaster> {
  const { host, stateFile } = options;
  const state = readState(stateFile) ?? options.state ?? emptyMasterState();
  let frameworks = state.frameworks.length;
  const cluster: MesosCluster = new MesosCluster({
    state,
    now: options.now ?? Date.now,
    newFrameworkId:
      options.newFrameworkId ??
      (() => `d0000000-0000-4000-8000-00000000d111-${String(frameworks++).padStart(4, '0')}`),
    onChange: () => {
      if (stateFile !== undefined) saveState(stateFile, cluster.state);
    },
  });
  let isAway = false;
  const server = http.createServer((request, response) => {
    if (isAway) return void request.socket.destroy();
    handle(request, response, { cluster, address: () => addressOf(host, server) }).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, host, resolve);
  });
  const { port } = addressOf(host, server);
  return {
    host,
    port,
    url: `http://${host}:${port}`,
    tasks: () => cluster.state.tasks,
    events: () => cluster.state.events,
    cluster,
    setAway: (away) => {
      isAway = away;
      if (away) server.closeAllConnections();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function handle(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  master: { cluster: MesosCluster; address: () => MasterAddress },
): Promise<void> {
  const { cluster } = master;
  const path = (request.url ?? '/').split('?')[0]?.replace(/^\/master(?=\/)/, '') ?? '/';
  const at = master.address();
  if (path === '/health') return reply(response, 200, null);
  if (path === '/redirect') {
    response.writeHead(307, { location: `//${at.host}:${at.port}` }).end();
    return;
  }
  if (path === '/state') return reply(response, 200, describeState(cluster.state, at));
  if (path === '/api/v1') {
    if (request.method !== 'POST') return reply(response, 405, null, { allow: 'POST' });
    if (request.headers['content-type'] !== 'application/json') return reply(response, 415, null);
    const { type } = z.object({ type: z.string() }).parse(await readJson(request));
    const answer = answerOperatorCall(type, cluster.state, at);
    return answer === null ? reply(response, 400, null) : reply(response, 200, answer);
  }
  if (path === '/drill/call') {
    cluster.call(callSchema.parse(await readJson(request)));
    return reply(response, 202, null);
  }
  if (path === '/drill/subscribe') {
    const subscribe = subscribeSchema.parse(await readJson(request));
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    const tell = (push: Push) => {
      response.write(`${JSON.stringify(push)}\n`);
    };
    const frameworkId = cluster.subscribe(subscribe, tell);
    response.on('close', () => cluster.disconnect(frameworkId, tell));
    return;
  }
  reply(response, 404, null);
}

function reply(
  response: http.ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const text = body === null ? '' : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
}

async function readJson(request: http.IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request) {
    const bytes = Buffer.from(piece as Uint8Array);
    size += bytes.length;
    if (size > bodyLimit) throw new Error('the body is too large');
    pieces.push(bytes);
  }
  return JSON.parse(Buffer.concat(pieces).toString('utf8'));
}

function addressOf(host: string, server: http.Server): MasterAddress {
  return { host, port: (server.address() as AddressInfo).port };
}

function readState(file: string | undefined): MasterState | null {
  if (file === undefined || !fs.existsSync(file)) return null;
  return masterStateSchema.parse(JSON.parse(fs.readFileSync(file, 'utf8')));
}

function saveState(file: string, state: MasterState): void {
  fs.writeFileSync(`${file}.new`, JSON.stringify(state));
  fs.renameSync(`${file}.new`, file);
}
