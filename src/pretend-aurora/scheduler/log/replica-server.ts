import type { Replica } from '../../mesos/log/replica.ts';
import { type HttpServer, sendJson, serveHttp } from '../../serve-http.ts';
import { answerRequest } from './answer-request.ts';
import { requestSchema } from './replica-messages.ts';

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
}): Promise<HttpServer> {
  return await serveHttp(options, (request, response, body) => {
    const replica = options.replica();
    if (request.url === '/metrics/snapshot') {
      return sendJson(response, {
        'log/recovered': replica?.status === 'VOTING' ? 1 : 0,
        'log/ensemble_size': options.ensembleSize(),
      });
    }
    if (request.url !== '/drill/replica') return void response.writeHead(404).end();
    if (replica === null) throw new Error('the log is not open yet');
    sendJson(response, answerRequest(replica, requestSchema.parse(JSON.parse(body.toString('utf8')))));
  });
}
