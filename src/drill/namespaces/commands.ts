import { execFileSync } from 'node:child_process';

/** Runs a command of this machine to its end and answers what it prints; throws with what it complains about. */
export function runHere(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    timeout: 10_000,
  });
}

/** How a process is started that must not outlive this one, and does not hear a terminal's Ctrl-C. */
export const dyingWithUs = ['setpriv', '--pdeathsig', 'KILL'] as const;
