import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { BackupFile } from '../../aurora/backups.ts';
import { AuroraError } from '../../aurora/errors.ts';
import { backupNameSchema, restoreIdSchema, sha256Schema } from '../../aurora/name-schemas.ts';
import { readOutline } from '../../backups/read-outline.ts';
import { isMissing, openPlain } from '../files/plain-file.ts';
import { refuse } from '../grants.ts';
import { listHeldCopies } from '../held-copies.ts';
import { createIncomingArea } from '../incoming-area.ts';
import { writeLines } from '../json-lines.ts';
import { requireKeptRoom, withinKeptRoom } from '../kept-backups.ts';
import { backupFileSchema, backupListSchema, errorSchema, heldCopiesSchema } from '../protocol.ts';
import { receiveUpload } from '../receive-upload.ts';
import type { RouteParts } from './parts.ts';

const errors = { '4xx': errorSchema, '5xx': errorSchema };
const heldParams = z.strictObject({ restoreId: restoreIdSchema, name: backupNameSchema });

/** Backups of this host, read; and the two ways a held one travels. */
export function backupRoutes(app: FastifyInstance, { tools, library, proving }: RouteParts): void {
  const { held, config, clock } = tools;
  const { incomingBytes, bodyMs } = config.bounds;
  const incoming = createIncomingArea(
    config.paths.state,
    { bytesMax: incomingBytes, silenceMs: bodyMs },
    clock,
  );
  const withProof = (file: BackupFile): BackupFile => {
    const proof = proving?.store.show(file.report.sha256, config.auroraVersion) ?? null;
    return proof === null ? file : { ...file, proof };
  };
  const routes = app.withTypeProvider<ZodTypeProvider>();
  // Uploads are not held in memory: the handler reads the request itself.
  app.addContentTypeParser('application/octet-stream', (_request, _payload, done) => done(null));

  routes.get(
    '/v1/backups',
    {
      schema: {
        summary:
          'Backups of this host, newest content first; with `known=now` those that are not decoded yet come last',
        querystring: z.object({
          known: z.literal('now').optional().describe('Do not wait for what has still to be decoded.'),
        }),
        response: { 200: backupListSchema, ...errors },
      },
    },
    async ({ query }) => {
      if (query.known === undefined) return { backups: (await library.list()).map(withProof) };
      const { files, reading } = await library.listKnown();
      return { backups: [...files.map(withProof), ...reading] };
    },
  );
  routes.get(
    '/v1/backups/:name',
    {
      schema: {
        summary: 'One backup, decoded to its last byte',
        params: z.strictObject({ name: backupNameSchema }),
        response: { 200: backupFileSchema, ...errors },
      },
    },
    async ({ params }) => withProof(await library.find(params.name)),
  );
  routes.get(
    '/v1/backups/:name/tasks',
    {
      schema: {
        summary:
          'The tasks of a backup, one JSON object a line (TaskRow); the last line is {"end": count} or an error',
        produces: ['application/x-ndjson'],
        params: z.strictObject({ name: backupNameSchema }),
      },
    },
    async ({ params }, reply) => {
      const tasks = await library.openTasks(params.name);
      return await reply.type('application/x-ndjson').send(Readable.from(writeLines(tasks)));
    },
  );
  routes.get(
    '/v1/backups/:name/outline',
    {
      schema: {
        summary:
          'What a backup has, job by job, one JSON object a line (OutlineEntry); the last line is {"end": count} or an error',
        produces: ['application/x-ndjson'],
        params: z.strictObject({ name: backupNameSchema }),
      },
    },
    async ({ params }, reply) => {
      const { path, bytes } = await library.openBytes(params.name);
      const lines = writeLines(readOutline(bytes, path));
      return await reply.type('application/x-ndjson').send(Readable.from(lines));
    },
  );
  routes.get(
    '/v1/held',
    {
      schema: {
        summary: 'Copies of backups that people had kept, outside any restore',
        response: { 200: heldCopiesSchema, ...errors },
      },
    },
    async () => ({ copies: await listHeldCopies(config.paths.state) }),
  );
  routes.get(
    '/v1/held/:restoreId/:name',
    {
      schema: {
        summary: 'The bytes of a held backup',
        produces: ['application/octet-stream'],
        params: heldParams,
      },
    },
    async ({ params }, reply) => {
      const path = held.path(params.restoreId, params.name);
      const file = await openPlain(path, config.bounds.uploadBytes).catch((error: unknown) => {
        throw isMissing(error) ? notHeld(params.name) : error;
      });
      return await reply.type('application/octet-stream').send(file.createReadStream());
    },
  );
  routes.put(
    '/v1/uploads/:restoreId/:name',
    {
      bodyLimit: config.bounds.uploadBytes,
      config: { streams: true },
      schema: {
        summary: 'Brings a backup to this host; `receive-backup` then checks and keeps it',
        consumes: ['application/octet-stream'],
        params: heldParams,
        querystring: z.strictObject({ sha256: sha256Schema }),
        response: { 204: z.null(), ...errors },
      },
    },
    async (request, reply) => {
      const { restoreId, name } = request.params;
      if (!config.operations.includes('receive-backup')) {
        throw refuse('not-allowed', 'This host does not take backups from elsewhere.');
      }
      // Before a directory is made for it.
      await requireKeptRoom(config, 0);
      const bytes = withinKeptRoom(config, incoming.bounded(request.raw));
      await receiveUpload(
        held,
        { restoreId, name, sha256: request.query.sha256, bytes },
        config.bounds.uploadBytes,
      );
      return await reply.status(204).send(null);
    },
  );
}

function notHeld(name: string): AuroraError {
  return new AuroraError({
    code: 'backup-missing',
    message: `${name} is not held on this host for that restore.`,
    hint: 'Hold it first.',
  });
}
