/** Every key of both configurations stands in the page about it. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { agentConfigSchema } from '../../src/agent/config.ts';
import { botConfigSchema } from '../../src/cli/config.ts';

/** Of this schema and of all below it. */
function keysOf(schema: unknown): readonly string[] {
  if (Array.isArray(schema)) return schema.flatMap(keysOf);
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {}, items, anyOf, oneOf, additionalProperties } = schema as Record<string, object>;
  return [
    ...Object.keys(properties),
    ...[Object.values(properties), items, anyOf, oneOf, additionalProperties].flatMap(keysOf),
  ];
}

test.each([
  ['the bot', botConfigSchema, ['configuration.md', 'watch.md'], 60],
  ['the agent', agentConfigSchema, ['agent.md', 'prove.md'], 70],
])('every key of %s', (_whose, schema, pages, least) => {
  const text = pages
    .map((page) => readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8'))
    .join('\n');
  const keys = new Set(keysOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })));

  expect(keys.size).toBeGreaterThan(least);
  expect([...keys].filter((key) => !new RegExp(`\\b${key}\\b`).test(text))).toEqual([]);
});
