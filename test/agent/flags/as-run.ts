/** What a real shell hands to the scheduler when it reads such a file: the oracle of the grammars. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** In the manner of the Debian package's startup script: variables in quotes, the last one without (aurora.md 7.5). */
export function argumentsOfVariables(
  text: string,
  variables: Readonly<Record<string, string>>,
): readonly string[] {
  const mapped = Object.entries(variables).map(([variable, flag]) => `"-${flag}=$${variable}"`);
  return runBash(text, `${mapped.join(' ')} $EXTRA_SCHEDULER_ARGS`);
}

/** In the manner of the RPM's. */
export function argumentsOfArray(text: string): readonly string[] {
  return runBash(text, `"\${AURORA_FLAGS[@]}"`);
}

function runBash(text: string, words: string): readonly string[] {
  const directory = mkdtempSync(join(tmpdir(), 'aurora-flags-'));
  try {
    writeFileSync(join(directory, 'file'), text);
    const script = `source ./file; args=(${words}); [ \${#args[@]} -eq 0 ] || printf '%s\\0' "\${args[@]}"`;
    const printed = execFileSync('bash', ['--norc', '-c', script], {
      cwd: directory,
      env: { PATH: '/usr/bin:/bin' },
      encoding: 'utf8',
    });
    return printed === '' ? [] : printed.slice(0, -1).split('\0');
  } finally {
    rmSync(directory, { recursive: true });
  }
}
