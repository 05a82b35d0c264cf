/** Requests that the agent's own OpenAPI document describes, and near misses of them. */
import { z } from 'zod';
import { hostileStrings } from './hostile-strings.ts';
import type { Random } from './random.ts';
import type { FuzzRequest } from './send.ts';

type Schema = Record<string, unknown>;

const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({}))),
  components: z.object({ schemas: z.record(z.string(), z.looseObject({})) }),
});

/** A maker of requests for every path and method of the document; `known` are values worth trying for a name. */
export function createDocumentRequests(
  document: unknown,
  random: Random,
  known: (name: string) => readonly unknown[],
): () => FuzzRequest {
  const { paths, components } = documentSchema.parse(document);
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );

  const resolve = (schema: Schema): Schema => {
    const reference = schema['$ref'];
    if (typeof reference !== 'string') return schema;
    return components.schemas[reference.split('/').at(-1) ?? ''] ?? {};
  };

  /** A value of the schema, or with some luck something else. */
  const valueFor = (given: unknown, name: string, depth = 0): unknown => {
    const schema = resolve(given as Schema);
    if (depth > 8 || random.chance(0.03)) return anything(random, depth);
    const tried = known(name);
    if (tried.length > 0 && random.chance(0.7)) return random.pick(tried);
    const choices = schema['anyOf'] ?? schema['oneOf'];
    if (Array.isArray(choices)) return valueFor(random.pick(choices), name, depth + 1);
    if ('const' in schema) return schema['const'];
    if (Array.isArray(schema['enum'])) return random.pick(schema['enum']);
    switch (schema['type']) {
      case 'object': {
        const properties = (schema['properties'] ?? {}) as Record<string, unknown>;
        const entries = Object.entries(properties)
          .filter(() => !random.chance(0.04))
          .map(([key, inner]) => [key, valueFor(inner, key, depth + 1)] as const);
        return Object.fromEntries([
          ...entries,
          ...(random.chance(0.04) ? [[random.pick(hostileStrings), anything(random, depth)] as const] : []),
        ]);
      }
      case 'array':
        return Array.from({ length: random.int(4) }, () => valueFor(schema['items'] ?? {}, name, depth + 1));
      case 'integer':
      case 'number':
        return random.pick([0, 1, 2, 1e3, Date.now(), -1, 2 ** 31, 2 ** 53, 1.5, Number.MAX_VALUE]);
      case 'boolean':
        return random.chance(0.5);
      default:
        return random.pick(hostileStrings);
    }
  };

  const fill = (path: string): string =>
    path.replace(/\{(\w+)\}/g, (_whole, name: string) => {
      const value =
        random.chance(0.7) && known(name).length > 0 ? random.pick(known(name)) : random.pick(hostileStrings);
      return random.chance(0.5)
        ? encodeURIComponent(String(value).toWellFormed())
        : escapeForLine(String(value));
    });

  return () => {
    const { path, method, operation } = random.pick(operations);
    const query = random.chance(0.3)
      ? `?${random.pick(['waitMs', 'sha256', 'x', '__proto__'])}=${escapeForLine(String(random.pick([...known('sha256'), ...hostileStrings])))}`
      : '';
    const verb = random.chance(0.05)
      ? random.pick(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'TRACE'])
      : method;
    const base = { method: verb, path: fill(path) + query, how: 'plain' as const };
    if (verb === 'GET' || verb === 'HEAD') return base;
    const content = z
      .object({ requestBody: z.object({ content: z.record(z.string(), z.object({ schema: z.unknown() })) }) })
      .safeParse(operation).data?.requestBody.content;
    const [type = 'application/json', described] = Object.entries(content ?? {})[0] ?? [];
    const body =
      described === undefined
        ? random.bytes(random.int(200))
        : Buffer.from(JSON.stringify(valueFor(described.schema, '')) ?? 'null');
    return {
      ...base,
      headers: { 'content-type': random.chance(0.9) ? type : random.pick(contentTypes) },
      body,
    };
  };
}

export const contentTypes = [
  'application/json',
  'application/json; charset=utf-16',
  'text/plain',
  'application/octet-stream',
  'application/vnd.apache.thrift.json',
  'application/vnd.apache.thrift.binary',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  '',
  'a/b/c',
];

/** Something that no schema asked for. */
export function anything(random: Random, depth: number): unknown {
  return random.pick<() => unknown>([
    () => null,
    () => random.pick([true, false, 0, -1, 1e308, '', [], {}]),
    () => random.pick(hostileStrings),
    () => (depth > 6 ? [] : [anything(random, depth + 1), anything(random, depth + 1)]),
    () => (depth > 6 ? {} : { [random.pick(hostileStrings)]: anything(random, depth + 1) }),
  ])();
}

/** As it may stand in a request line at all. */
function escapeForLine(text: string): string {
  return text.toWellFormed().replace(/[^\x21-\x7e]/g, (char) => encodeURIComponent(char));
}
