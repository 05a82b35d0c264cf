import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);

/** A comment that names a file, and the file below it. */
const example = /<!-- (test\/[\w/-]+\.txt) -->\n(?:\n```text\n[\s\S]*?\n```\n)?/g;

test('the examples of docs/backups.md are what tests print', async () => {
  const text = await readFile(new URL('docs/backups.md', root), 'utf8');
  const names = [...text.matchAll(example)].map(([, name]) => name ?? '');
  const files = new Map(
    await Promise.all(
      names.map(async (name) => [name, await readFile(new URL(name, root), 'utf8')] as const),
    ),
  );

  const filled = text.replace(
    example,
    (_, name: string) => `<!-- ${name} -->\n\n\`\`\`text\n${(files.get(name) ?? '').trimEnd()}\n\`\`\`\n`,
  );

  expect(names).toHaveLength(7);
  await expect(filled).toMatchFileSnapshot('../../docs/backups.md');
});
