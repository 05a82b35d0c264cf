/** The drill as a command, in a directory of its own that goes when it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** `npm run drill -- --hosts namespaces`, as a terminal runs it: a process group of its own. */
export function startCommand(...args: readonly string[]) {
  const directory = mkdtempSync(join(tmpdir(), 'aurora-drill-test-'));
  const main = join(import.meta.dirname, '..', '..', '..', 'src', 'cli', 'main.ts');
  const child: ChildProcess = spawn(
    process.execPath,
    [main, 'drill', '--hosts', 'namespaces', '--dir', directory, ...args],
    { detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  let complaints = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  const ended = once(child, 'exit').finally(() => rmSync(directory, { recursive: true, force: true }));
  return {
    directory,
    pid: child.pid ?? 0,
    ended,
    said: () => said,
    complaints: () => complaints,
    untilSaid: (words: string) =>
      until(() => {
        if (child.exitCode !== null) throw new Error(`the drill ended: ${complaints}`);
        return said.includes(words);
      }),
  };
}

/** Waits for a condition of the outside world, at most 90 s. */
export async function until(look: () => boolean): Promise<void> {
  const deadline = Date.now() + 90_000;
  while (!look()) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${String(look)}`);
    await pause(5);
  }
}
