import fs from 'node:fs';
import { join } from 'node:path';

/** A bundle in form, with a shell script as its program: it says its version, and as a service it stays. */
export function stubBundle(directory: string, version: string): string {
  fs.mkdirSync(join(directory, 'bin'), { recursive: true });
  fs.mkdirSync(join(directory, 'lib', 'a name with [brackets]'), { recursive: true });
  fs.writeFileSync(join(directory, 'lib', 'a name with [brackets]', `file of ${version}`), version);
  fs.writeFileSync(
    join(directory, 'bin', 'aurora-chatops'),
    `#!/bin/sh\ncase "$*" in --version) echo ${version} ;; 'agent run'*) exec sleep infinity ;; esac\n`,
    { mode: 0o755 },
  );
  return directory;
}
