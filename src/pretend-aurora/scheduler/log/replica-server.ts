import http from 'node:http';
import type { Replica } from '../../mesos/log/replica.ts';
import { answerRequest } from './answer-request.ts';
import { requestSchema } from './replica-messages.ts';

export interface ReplicaServer {
  close(): Promise<void>;
}

const bodyLimit = 256 * 1024 * 1024;

/**
 * The libprocess port of a scheduler: its replica answers its peers here, and `/metrics/snapshot` tells
 * whether it is usable (mesos.md 2.7). It lives as long as the process, also after the HTTP port has closed.
 * Throws when the port is taken.
 */
export async function startReplicaServer(options: {
  host: string;
  port: number;
  /** `null` until the log is open: libprocess binds its port before that. */
  replica: () => Replica | null;
  ensembleSize: () => number;
}): Promise<ReplicaServer> {
  const server = http.createServer((request, response) => {
    if (request.url === '/metrics/snapshot') {
      const metrics = {
        'log/recovered': options.replica()?.status === 'VOTING' ? 1 : 0,
        'log/ensemble_size': options.ensembleSize(),
      };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(metrics));
      return;
    }
    if (request.url !== '/drill/replica') {
      response.writeHead(404).end();
      return;
    }
    readBody(request)
      .then((body) => {
        const replica = options.replica();
        if (replica === null) throw new Error('the log is not open yet');
        return answerRequest(replica, requestSchema.parse(JSON.parse(body)));
      })
      .then((answer) => response.writeHead(200).end(JSON.stringify(answer)))
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readBody(request: http.IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request) {
    const bytes = Buffer.from(piece as Uint8Array);
    size += bytes.length;
    if (size > bodyLimit) throw new Error('the body is too large');
    pieces.push(bytes);
  }
  return Buffer.concat(pieces).toString('utf8');
}
