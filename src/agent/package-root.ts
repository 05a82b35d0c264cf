import fs from 'node:fs';
import { join } from 'node:path';

/** Where package.json lies: above src in a clone, above dist in an installed package. */
export function packageRoot(): string {
  for (let directory = import.meta.dirname; ; directory = join(directory, '..')) {
    if (fs.existsSync(join(directory, 'package.json'))) return directory;
    if (directory === join(directory, '..')) throw new Error('package.json is not above this program');
  }
}

/** As package.json says it, the one place where it stands: for `--version`, the agent's status and OpenAPI document, and Slack. */
export function packageVersion(): string {
  const { version } = JSON.parse(fs.readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}
