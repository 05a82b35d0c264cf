import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { AuroraError, messageOf } from '../../aurora/errors.ts';
import { digestStagedSet } from '../../backups/digest.ts';
import { TransportError } from '../../thrift/transport.ts';
import { keptAlive } from '../kept-alive.ts';
import { errorSchema, stagedSchema } from '../protocol.ts';
import { shareReads } from '../share-reads.ts';
import type { RouteParts } from './parts.ts';

/** What is staged, without its tasks: whoever watches it asks again and again. */
export function stagedRoutes(app: FastifyInstance, { tools }: RouteParts): void {
  const read = shareReads(async () => {
    try {
      return { staged: await tools.reader.queryStaged(digestStagedSet) };
    } catch (error) {
      throw error instanceof TransportError ? ofScheduler(error) : error;
    }
  });
  app.withTypeProvider<ZodTypeProvider>().get(
    '/v1/staged',
    {
      schema: {
        summary: 'What is staged in the scheduler of this host, as the digest that people sign',
        description: 'Of a large cluster it takes a minute: meanwhile spaces come, in front of the JSON.',
        response: { 200: stagedSchema, '4xx': errorSchema, '5xx': errorSchema },
      },
    },
    async (_request, reply) => {
      const answer = await keptAlive(tools.clock, read());
      if ('staged' in answer) return answer;
      // A stream is sent as it is, whatever the schema says of an answer.
      const asText: FastifyReply = reply.type('application/json; charset=utf-8');
      return await asText.send(Readable.from(answer));
    },
  );
}

/** The agent answers, and its scheduler does not: the same words as of a call that is passed on. */
function ofScheduler(error: TransportError): AuroraError {
  const isAway = error.code === 'rpc-unreachable';
  return new AuroraError({
    code: isAway ? 'scheduler-unreachable' : 'scheduler-no-reply',
    message: messageOf(error),
    hint: isAway
      ? 'Ask for the status of the host: the scheduler may be stopped.'
      : 'Ask again; it was a reading call.',
    cause: error,
  });
}
