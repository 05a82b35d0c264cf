/** The agent's HTTP server: routes over their parts, with the OpenAPI document made from the same schemas. */

import type { TlsOptions } from 'node:tls';
import fastifySwagger from '@fastify/swagger';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod';
import { AuroraError } from '../aurora/errors.ts';
import { createConnectionNoise } from './connection-noise.ts';
import { createHttpServer } from './http-server.ts';
import { guardRequests } from './request-guard.ts';
import { backupRoutes } from './routes/backup-routes.ts';
import { answerError } from './routes/error-answer.ts';
import { operationRoutes } from './routes/operation-routes.ts';
import type { RouteParts } from './routes/parts.ts';
import { schedulerRoutes } from './routes/scheduler-routes.ts';
import { stagedRoutes } from './routes/staged-routes.ts';
import { statusRoutes } from './routes/status-routes.ts';

interface ServerParts extends RouteParts {
  /** `null` speaks plain HTTP, which the configuration only allows on loopback. */
  readonly tls: TlsOptions | null;
}

/** Builds the server, ready to listen or to be asked in memory. */
export async function buildAgentServer(
  parts: ServerParts,
  logger: FastifyBaseLogger | null,
): Promise<FastifyInstance> {
  const { clock, config } = parts.tools;
  const app = fastify({
    serverFactory: (listener) => createHttpServer(parts.tls, listener),
    clientErrorHandler: createConnectionNoise({ audit: parts.audit, now: () => clock.now() }),
    ...(logger === null ? {} : { loggerInstance: logger }),
    // Answers that matter are logged where they are decided; the rest would only be noise.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 64 * 1024,
    routerOptions: { maxParamLength: 250 },
    forceCloseConnections: 'idle',
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request) => {
    throw noSuchPath(request.method, request.url);
  });
  guardRequests(app, { config, clock, audit: parts.audit });
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'aurora-chatops host agent',
        version: parts.version,
        description:
          'The only thing that touches a scheduler host. Reading needs no grant; every operation carries one.',
      },
    },
    transform: jsonSchemaTransform,
    // Schemas with an id appear once, under components.
    transformObject: jsonSchemaTransformObject,
  });
  for (const routes of [statusRoutes, backupRoutes, operationRoutes, schedulerRoutes, stagedRoutes]) {
    app.register((scope, _options, done) => {
      routes(scope, parts);
      done();
    });
  }
  await app.ready();
  return app;
}

function noSuchPath(method: string, url: string): AuroraError {
  return new AuroraError({
    code: 'no-such-path',
    message: `There is no ${method} ${url.slice(0, 100)} on an agent.`,
    hint: 'GET /openapi.json lists what there is.',
  });
}
