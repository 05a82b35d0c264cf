/** The gallery has everything that the bot can send, and its pictures are of today's words. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkBlocks, checkView } from '../../src/local-slack/block-kit-rules.ts';
import { callsDuring, listBuilders } from './builders.ts';
import type { Group } from './example.ts';
import { collectExamples } from './examples.ts';
import { docs, hashOf, pictureName, picturesIn, readTaken } from './index-file.ts';
import { galleryPage } from './page.ts';
import { waysOf } from './pictures.ts';

const runGallery = 'run `npm run gallery`, and look at the pictures that changed';

describe('the gallery', () => {
  it('shows every builder of messages, forms and decisions', async () => {
    const builders = await listBuilders();
    const { called } = await callsDuring(collectExamples);

    const missing = builders.filter((names) => !names.some((name) => called.has(name)));

    expect(missing, 'add an example to test/gallery/examples').toEqual([]);
  });
});

const groups: readonly Group[] = await collectExamples();
const examples = groups.flatMap((group) => group.examples);

describe('the examples', () => {
  it('have names of their own, which can be names of files', () => {
    const ids = examples.map(({ id }) => id);

    expect(ids.filter((id, index) => ids.indexOf(id) !== index || !/^[a-z][a-z-]*$/.test(id))).toEqual([]);
  });

  it.each(examples.map((example) => [example.id, example] as const))(
    '%s is what Slack takes',
    (_id, example) => {
      const checked = 'view' in example ? checkView(example.view) : checkBlocks(example.message.blocks);

      expect(checked.ok ? [] : checked.problems).toEqual([]);
    },
  );
});

describe('docs/gallery.md', () => {
  it('is what the examples make of it', async () => {
    expect(await readFile(join(docs, 'gallery.md'), 'utf8'), runGallery).toBe(galleryPage(groups));
  });

  it('has every picture, and pictures of nothing else', async () => {
    const names = (await readdir(picturesIn)).filter((name) => name.endsWith('.webp'));
    const wanted = examples.flatMap((example) => waysOf(example).map((way) => pictureName(example, way)));

    expect(names.sort(), runGallery).toEqual(wanted.sort());
  });

  it('shows the words of today', async () => {
    const taken = await readTaken();

    const changed = examples.filter((example) => taken[example.id] !== hashOf(example)).map(({ id }) => id);

    expect(changed, runGallery).toEqual([]);
  });

  it('stays small, and out of the package', async () => {
    const sizes = await Promise.all(
      (await readdir(picturesIn)).map(async (name) => (await stat(join(picturesIn, name))).size),
    );
    const { files } = z
      .object({ files: z.array(z.string()) })
      .parse(JSON.parse(await readFile(join(docs, '../package.json'), 'utf8')));

    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(6 * 1024 * 1024);
    expect(files).toContain('!docs/gallery');
    expect(files.filter((name) => name.startsWith('test'))).toEqual([]);
  });
});
