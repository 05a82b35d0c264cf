import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';

const wireProtocol = z.enum(['json', 'binary']);

const exchangeSchema = z.object({
  name: z.string(),
  request: z.object({
    method: z.string(),
    path: z.string(),
    headers: z.record(z.string(), z.string()),
    bodyBase64: z.string().nullable(),
  }),
  response: z.object({
    status: z.number(),
    headers: z.array(z.tuple([z.string(), z.string()])),
    bodyBase64: z.string().nullable(),
  }),
  rpc: z
    .object({
      method: z.string(),
      requestProtocol: wireProtocol,
      responseProtocol: wireProtocol,
      decoded: z
        .object({
          responseCode: z.string().optional(),
          details: z.array(z.string().nullable()).optional(),
          serverInfo: z.object({ clusterName: z.string(), statsUrlPrefix: z.string() }).nullish(),
          result: z.array(z.string()).nullish(),
          backups: z.array(z.string()).optional(),
          tasks: z
            .object({
              total: z.number(),
              byStatus: z.record(z.string(), z.number()),
              ids: z.array(z.string()),
            })
            .optional(),
          exception: z.object({ type: z.number(), message: z.string() }).optional(),
        })
        .nullable(),
    })
    .optional(),
});

export type Exchange = z.infer<typeof exchangeSchema>;

/** Only what every exchange of every release has; the answer may never have come. */
const releaseExchangeSchema = exchangeSchema
  .pick({ name: true, request: true })
  .extend({ response: exchangeSchema.shape.response.nullable() });

export type Release = '0.9.0' | '0.17.0' | '0.20.0';
export type ReleaseExchange = z.infer<typeof releaseExchangeSchema>;

/** The recorded exchanges with a real older release, in order. */
export function releaseExchanges(
  release: Release,
  file: 'rpc' | 'rpc-basic-auth',
): readonly ReleaseExchange[] {
  return readFileSync(new URL(`../fixtures/releases/${release}/${file}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => releaseExchangeSchema.parse(JSON.parse(line)));
}

/** The recorded exchanges with a real scheduler, in order. */
export function recordedExchanges(file: 'leader' | 'basic-auth'): readonly Exchange[] {
  return readFileSync(new URL(`../fixtures/rpc/${file}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => exchangeSchema.parse(JSON.parse(line)));
}

export function requestBytes(exchange: Pick<Exchange, 'request'>): Buffer {
  return Buffer.from(exchange.request.bodyBase64 ?? '', 'base64');
}

/** The body as it came over the wire. */
export function wireBytes(exchange: Exchange): Buffer {
  return Buffer.from(exchange.response.bodyBase64 ?? '', 'base64');
}

/** The body, decompressed. */
export function responseBytes(exchange: Exchange): Buffer {
  const compressed = exchange.response.headers.some(([name]) => name === 'Content-Encoding');
  return compressed ? gunzipSync(wireBytes(exchange)) : wireBytes(exchange);
}
