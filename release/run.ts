import { execFileSync } from 'node:child_process';

/** What npm tells the scripts it runs about its own call, but for where packages come from: it would mislead an npm in another directory. */
const ofThisCall = /^npm_(?!config_(registry|cache|globalconfig|userconfig)$)|^INIT_CWD$/i;

/** Runs a program to its end, with its complaints on our standard error, and answers what it printed. Throws when it fails. */
export function run(program: string, args: readonly string[], cwd: string): string {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ofThisCall.test(name)));
  return execFileSync(program, args, {
    cwd,
    env: { ...env, LC_ALL: 'C', TZ: 'UTC' },
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
