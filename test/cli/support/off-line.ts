import { Command } from 'commander';
import { registerDiff } from '../../../src/cli/backup-diff.ts';
import { registerInspect } from '../../../src/cli/backup-inspect.ts';
import type { OffLine } from '../../../src/cli/backup-off-line.ts';
import { registerWatch } from '../../../src/cli/backup-watch.ts';

/** The programs over backup files, run in this process: what they print, and how they end. */
export async function runBackup(
  words: readonly string[],
  parts: Partial<OffLine> & { readonly onPrint?: (text: string) => void } = {},
): Promise<{ out: string; err: string; screen: string; code: number | null }> {
  const seen = { out: '', err: '', screen: '', code: null as number | null };
  const offLine: OffLine = {
    clock: { now: () => Date.parse('2026-11-23T17:00:00Z'), sleep: () => Promise.resolve() },
    screen: { write: (text) => (seen.screen += text) },
    begin: () => new AbortController().signal,
    end: (code) => {
      seen.code = code;
    },
    ...parts,
  };
  const program = new Command('backup').exitOverride();
  for (const register of [registerInspect, registerDiff, registerWatch]) register(program, offLine);
  for (const command of program.commands)
    command.exitOverride().configureOutput({
      writeOut: (text) => {
        seen.out += text;
        parts.onPrint?.(text);
      },
      writeErr: (text) => (seen.err += text),
    });
  await program.parseAsync(words, { from: 'user' });
  return seen;
}
