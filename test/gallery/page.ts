/** `docs/gallery.md`, written from the examples. */
import type { Example, Group } from './example.ts';
import { pictureName } from './index-file.ts';
import { waysOf } from './pictures.ts';

const kinds: Readonly<Record<Example['kind'], string>> = {
  thread: 'A reply in the thread of the restore.',
  channel: 'A message in the channel of the cluster.',
  you: 'Only visible to you.',
  direct: 'A direct message.',
  form: 'A form.',
  home: 'The Home tab of the bot.',
};

export function galleryPage(groups: readonly Group[]): string {
  return `${[
    '# Gallery',
    'Every message and form the bot can send, as the local Slack shows it. Written by `npm run gallery`: change nothing here by hand.',
    groups.map(({ title }) => `- [${title}](#${anchor(title)})`).join('\n'),
    ...groups.flatMap(({ title, examples }) => [`## ${title}`, ...examples.map(entry)]),
  ].join('\n\n')}\n`;
}

function entry(example: Example): string {
  const { title, seen, kind } = example;
  const pictures = waysOf(example).map(
    (way) => `<img alt="${title}, ${way.replace('-', ', ')}" src="gallery/${pictureName(example, way)}">`,
  );
  return [`### ${title}`, `${seen} ${kinds[kind]}`, pictures.join('\n')].join('\n\n');
}

function anchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z ]/g, '')
    .replaceAll(' ', '-');
}
