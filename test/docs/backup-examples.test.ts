import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);

/** A comment that names a file, and the file below it; one that has a code block itself stands in a longer fence. */
const example = /<!-- (test\/[\w/-]+\.txt) -->\n(?:\n(`{3,4})text\n[\s\S]*?\n\2\n)?/g;

test('the examples of docs/backups.md are what tests print', async () => {
  const text = await readFile(new URL('docs/backups.md', root), 'utf8');
  const names = [...text.matchAll(example)].map(([, name]) => name ?? '');
  const files = new Map(
    await Promise.all(
      names.map(async (name) => [name, await readFile(new URL(name, root), 'utf8')] as const),
    ),
  );

  const filled = text.replace(example, (_, name: string) => {
    const file = (files.get(name) ?? '').trimEnd();
    const fence = file.includes('```') ? '````' : '```';
    return `<!-- ${name} -->\n\n${fence}text\n${file}\n${fence}\n`;
  });

  expect(names).toHaveLength(7);
  await expect(filled).toMatchFileSnapshot('../../docs/backups.md');
});
