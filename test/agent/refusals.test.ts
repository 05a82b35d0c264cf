import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { grantRules } from '../../src/agent/grants.ts';

const agent = fileURLToPath(new URL('../../src/agent/', import.meta.url));
const page = readFileSync(new URL('../../docs/agent.md', import.meta.url), 'utf8');
const listed = new Set([...page.matchAll(/`([a-z]+(?:-[a-z]+)*)`/g)].map(([, code]) => code));

test('docs/agent.md lists every rule by which a grant is refused', () => {
  expect(grantRules.filter((rule) => !listed.has(rule))).toEqual([]);
});

test('docs/agent.md lists every other refusal and failure of the agent', () => {
  // Said by the bot's side of the connection, or before the agent answers anybody.
  const elsewhere = new Set([
    'agent-unreachable',
    'agent-garbled',
    'agent-other-host',
    'agent-not-waited-for',
    'agent-too-old',
    'agent-already-runs',
    'agent-not-listening',
    'config-invalid',
    'config-missing',
  ]);
  const sources = readdirSync(agent, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.ts'));

  const codes = new Set(
    sources.flatMap((name) =>
      [...readFileSync(`${agent}${name}`, 'utf8').matchAll(/\bcode: '([a-z-]+)'/g)].map(
        ([, code = '']) => code,
      ),
    ),
  );

  expect(codes.size).toBeGreaterThan(40);
  expect([...codes].filter((code) => !listed.has(code) && !elsewhere.has(code))).toEqual([]);
});
