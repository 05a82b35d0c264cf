/**
 * `npm run gallery [-- ID…]`
 *
 * Takes the pictures of `docs/gallery` anew and writes `docs/gallery.md`; with names, takes pictures of these examples alone. Needs
 * Chromium (`apt-get install chromium`).
 */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasChromium, launchBrowser } from '../local-slack/browser.ts';
import { collectExamples } from './examples.ts';
import { docs, hashOf, pictureName, picturesIn, readTaken, takenFile } from './index-file.ts';
import { galleryPage } from './page.ts';
import { takePictures, waysOf } from './pictures.ts';

if (!hasChromium) {
  process.stderr.write('There is no /usr/bin/chromium. Install it: apt-get install chromium\n');
  process.exit(1);
}
const groups = await collectExamples();
const examples = groups.flatMap((group) => group.examples);
const named = new Set(process.argv.slice(2));
const wanted = named.size === 0 ? examples : examples.filter(({ id }) => named.has(id));
const before = named.size === 0 ? {} : await readTaken();

await mkdir(picturesIn, { recursive: true });
const browser = await launchBrowser();
let bytes = 0;
let pictures = 0;
try {
  await takePictures(browser, wanted, async (example, way, picture) => {
    await writeFile(join(picturesIn, pictureName(example, way)), picture);
    bytes += picture.length;
    pictures += 1;
  });
} finally {
  await browser.close();
}
const known = new Set(examples.flatMap((example) => waysOf(example).map((way) => pictureName(example, way))));
for (const name of await readdir(picturesIn))
  if (name.endsWith('.webp') && !known.has(name)) await rm(join(picturesIn, name));
const taken = { ...before, ...Object.fromEntries(wanted.map((example) => [example.id, hashOf(example)])) };
await writeFile(takenFile, `${JSON.stringify(taken, null, 2)}\n`);
await writeFile(join(docs, 'gallery.md'), galleryPage(groups));
process.stdout.write(
  `${pictures} pictures of ${wanted.length} examples, ${Math.round(bytes / 1024)} KiB, in docs/gallery.\n`,
);
