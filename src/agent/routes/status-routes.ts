import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { parsePublicKey, publicKeyText } from '../grants.ts';
import { readHostStatus } from '../host-status.ts';
import { errorSchema, statusSchema } from '../protocol.ts';
import { shareReads } from '../share-reads.ts';
import type { RouteParts } from './parts.ts';

/** How the host and the agent are. */
export function statusRoutes(
  app: FastifyInstance,
  { tools, people, runner, trafficGuard, proving, version, epoch }: RouteParts,
): void {
  const { trust, bounds } = tools.config;
  const trustedKeys = trust.publicKeys.map((key) => publicKeyText(parsePublicKey(key)));
  const readStatus = shareReads(async () => {
    const trafficBlockedAgainAt = await trafficGuard.look();
    const status = await readHostStatus({ tools, people }, version);
    const prove = (await proving?.prover.status()) ?? null;
    const grants = { trustedKeys, clockSkewMs: bounds.clockSkewMs, epoch, ...runner.knows() };
    return { ...status, grants, prove, lastGrant: runner.lastGrant(), trafficBlockedAgainAt };
  });
  const routes = app.withTypeProvider<ZodTypeProvider>();
  routes.get(
    '/v1/status',
    {
      schema: {
        summary: 'Everything the agent sees of its host, at once',
        response: { 200: statusSchema, '4xx': errorSchema, '5xx': errorSchema },
      },
    },
    () => readStatus(),
  );
  routes.get(
    '/healthz',
    {
      schema: {
        summary: 'The agent answers; says nothing about the scheduler',
        response: { 200: z.object({ ok: z.literal(true) }) },
      },
    },
    () => ({ ok: true as const }),
  );
  routes.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
}
