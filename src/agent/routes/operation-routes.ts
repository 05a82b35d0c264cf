import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { operationIdSchema } from '../../aurora/name-schemas.ts';
import {
  operationAnswerSchema,
  operationRequestSchema,
  operationResultSchema,
} from '../operation-protocol.ts';
import { errorSchema } from '../protocol.ts';
import { hashedSourceOf } from '../request-guard.ts';
import type { RouteParts } from './parts.ts';

const errors = { '4xx': errorSchema, '5xx': errorSchema };
const requestBytesMax = 16 * 1024 * 1024;

/** What changes the host; each request carries its grant. */
export function operationRoutes(app: FastifyInstance, { runner }: RouteParts): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  routes.post(
    '/v1/operations',
    {
      bodyLimit: requestBytesMax,
      schema: {
        summary:
          'Does one operation once; the same id gets the first answer again, `running` means ask again',
        body: operationRequestSchema,
        querystring: z.strictObject({
          waitMs: z.coerce
            .number()
            .int()
            .min(0)
            .optional()
            .describe('Answer `running` after this, at the latest.'),
        }),
        response: { 200: operationResultSchema, ...errors },
      },
    },
    (request) => {
      // Its line is written by the runner, before anything is done.
      request.audited = true;
      const { body, query } = request;
      return runner.perform(body, {
        source: hashedSourceOf(request),
        waitMs: query.waitMs ?? Number.POSITIVE_INFINITY,
      });
    },
  );
  routes.get(
    '/v1/operations/:operationId',
    {
      schema: {
        summary: 'What the agent knows of an operation; `null` when it must be asked for (again)',
        params: z.strictObject({ operationId: operationIdSchema }),
        response: { 200: operationAnswerSchema, ...errors },
      },
    },
    ({ params }) => ({ operation: runner.read(params.operationId) }),
  );
}
