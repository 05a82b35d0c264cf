import type { FastifyInstance } from 'fastify';
import { relayedHeader } from '../relayed-header.ts';
import { relayCall, relayedCalls, thriftMediaTypes } from '../scheduler-relay.ts';
import type { RouteParts } from './parts.ts';

const callBytesMax = 1024 * 1024;

/** The scheduler of this host, for reading. */
export function schedulerRoutes(app: FastifyInstance, { tools, credentials }: RouteParts): void {
  const { config, clock } = tools;
  const target = {
    host: config.scheduler.httpAddress,
    port: config.scheduler.httpPort,
    credentials,
    timeoutMs: config.bounds.schedulerMs,
    clock,
  };
  for (const contentType of thriftMediaTypes) {
    app.addContentTypeParser(contentType, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  }
  app.post<{ Body: Buffer }>(
    '/v1/scheduler/api',
    {
      bodyLimit: callBytesMax,
      schema: {
        summary: `Passes a Thrift call on to the scheduler of this host: ${relayedCalls.join(', ')}`,
        description: `The answer is the scheduler's, unchanged, with the header ${relayedHeader}.`,
        consumes: thriftMediaTypes,
        produces: thriftMediaTypes,
      },
    },
    async (request, reply) => {
      const contentType = thriftMediaTypes.find((known) => known === request.headers['content-type']);
      if (contentType === undefined) return await reply.status(415).send();
      const answer = await relayCall(target, {
        contentType,
        accept: request.headers.accept,
        acceptEncoding: acceptEncodingOf(request.headers['accept-encoding']),
        body: request.body,
      });
      return await reply
        .status(answer.status)
        .headers({ ...answer.headers, [relayedHeader]: 'true' })
        .send(answer.body);
    },
  );
}

function acceptEncodingOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header;
}
