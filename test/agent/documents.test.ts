/** What the documentation says of the agent's operations and of its API is read off the product. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { operationDefinitions, operationKinds } from '../../src/aurora/operations/all.ts';
import { startAgentHere } from './support/agent-in-process.ts';
import { createTestHost } from './support/test-host.ts';

const documentSchema = z.looseObject({
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
});
const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);
const anew = 'rewrite it with `npm test -- test/agent/documents.test.ts -u`';

test('docs/agent.md has every operation, with whoever must have signed', async () => {
  const page = await readFile(new URL('../../docs/agent.md', import.meta.url), 'utf8');
  const rows = operationKinds.map((kind) => {
    const { does, signed, proven } = operationDefinitions[kind];
    return `| \`${kind}\` | ${does} | ${signed === null ? 'nobody' : `\`${signed.gate}\`: ${signed.people}`} | ${proven} |`;
  });
  const table = [
    '| operation | what it does | signed by | with keys of their own |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
  const marked = /(<!-- operations -->\n\n).*?(\n\n<!-- end of operations -->)/s;

  expect(page).toMatch(marked);
  await expect(
    page.replace(marked, (_all, before: string, after: string) => before + table + after),
    `docs/agent.md lacks an operation or says something else of it; ${anew}`,
  ).toMatchFileSnapshot('../../docs/agent.md');
});

test('docs/agent-openapi.json is the document that is served', async () => {
  const host = await createTestHost();
  const agent = await startAgentHere(host);
  const served = documentSchema.parse(await (await fetch(`${agent.url}/openapi.json`)).json());
  await agent.close();
  await host.dispose();

  // They are served in the order in which modules were loaded, which says nothing.
  const schemas = Object.fromEntries(Object.entries(served.components.schemas).sort(byName));
  await expect(
    `${JSON.stringify({ ...served, components: { ...served.components, schemas } }, null, 2)}\n`,
    `docs/agent-openapi.json is not what an agent serves; ${anew}`,
  ).toMatchFileSnapshot('../../docs/agent-openapi.json');
});
