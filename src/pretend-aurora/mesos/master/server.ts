import fs from 'node:fs';
import type http from 'node:http';
import { z } from 'zod';
import { sendJson, serveHttp } from '../../serve-http.ts';
import { answerOperatorCall, type MasterAddress } from './census.ts';
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
  const server = await serveHttp(options, (request, response, body) => {
    if (isAway) response.destroy();
    else handle({ request, response, body }, { cluster, at: { host, port: server.port } });
  });
  return {
    host,
    port: server.port,
    url: `http://${host}:${server.port}`,
    tasks: () => cluster.state.tasks,
    events: () => cluster.state.events,
    cluster,
    setAway: (away) => {
      isAway = away;
      if (away) server.cutAll();
    },
    close: () => server.close(),
  };
}

interface Exchange {
  readonly request: http.IncomingMessage;
  readonly response: http.ServerResponse;
  readonly body: Buffer;
}

function handle(
  { request, response, body }: Exchange,
  { cluster, at }: { cluster: MesosCluster; at: MasterAddress },
): void {
  const end = (status: number) => response.writeHead(status).end();
  const read = <T>(schema: z.ZodType<T>): T => schema.parse(JSON.parse(body.toString('utf8')));
  switch (request.url) {
    case '/api/v1': {
      const { type } = read(z.object({ type: z.string() }));
      const answer = answerOperatorCall(type, cluster.state, at);
      if (answer === null) end(400);
      else sendJson(response, answer);
      break;
    }
    case '/drill/call':
      cluster.call(read(callSchema));
      end(202);
      break;
    case '/drill/subscribe': {
      const subscribe = read(subscribeSchema);
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      const tell = (push: Push): void => {
        response.write(`${JSON.stringify(push)}\n`);
      };
      const frameworkId = cluster.subscribe(subscribe, tell);
      response.on('close', () => cluster.disconnect(frameworkId, tell));
      break;
    }
    default:
      end(404);
  }
}

function readState(file: string | undefined): MasterState | null {
  if (file === undefined || !fs.existsSync(file)) return null;
  return masterStateSchema.parse(JSON.parse(fs.readFileSync(file, 'utf8')));
}

function saveState(file: string, state: MasterState): void {
  fs.writeFileSync(`${file}.new`, JSON.stringify(state));
  fs.renameSync(`${file}.new`, file);
}
