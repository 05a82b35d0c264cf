/** Every text of this repository that a person on call can be shown. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Text, textsOfCode, textsOfPage, textsOfYaml } from './collect.ts';

const root = join(import.meta.dirname, '..', '..');
/** What is pretend speaks as Aurora does, and what draws Slack's own forms as Slack does: their words are not ours. */
const otherVoices = ['src/pretend-aurora/', 'src/local-slack/acting/modals.ts', 'src/local-slack/block-kit'];

export function allTexts(): Text[] {
  const paths = globSync(
    ['src/**/*.{ts,js,html}', 'commands/**/*.ts', 'packaging/alerts.yml', 'manifest.yml'],
    {
      cwd: root,
    },
  );
  return paths
    .filter((path) => !otherVoices.some((voice) => path.startsWith(voice)))
    .sort()
    .flatMap(textsOf);
}

function textsOf(file: string): Text[] {
  const source = { file, text: readFileSync(join(root, file), 'utf8') };
  if (file.endsWith('.html')) return textsOfPage(source);
  return file.endsWith('.yml') ? textsOfYaml(source) : textsOfCode(source);
}
