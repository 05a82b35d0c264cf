import type { Command } from 'commander';
import { type BackupReport, isRestorable } from '../aurora/backups.ts';
import { AuroraError } from '../aurora/errors.ts';
import { createDecodingThread, type DecodingThread } from '../backups/decoding-thread.ts';
import { describeBackup } from '../backups/describe-backup.ts';
import { inspectBackup } from '../backups/inspect-backup.ts';

/** Adds `backup inspect [--json] FILE…`: off-line, reads nothing but the files. */
export function registerBackup(program: Command): void {
  const backup = program.command('backup').description('look at storage backups, off-line');
  backup
    .command('inspect')
    .description('decode backups to their last byte and judge them')
    .argument('<file...>', 'files as a scheduler writes them, whatever their name')
    .option('--json', 'one JSON object a line instead of text')
    .addHelpText('after', verdictHelp)
    .action(async (files: readonly string[], options: { json?: true }, command: Command) => {
      const output = command.configureOutput();
      const thread = createDecodingThread();
      let failed = false;
      for (const file of files) {
        const report = await inspectOrExplain(file, { thread, complain: (text) => output.writeErr?.(text) });
        failed ||= report === null || !isRestorable(report);
        if (report === null) continue;
        output.writeOut?.(options.json ? `${jsonOf(report)}\n` : `${describeBackup(report)}\n`);
      }
      await thread.close();
      if (failed) process.exitCode = 1;
    });
}

/** The documented line; who wrote the file is told in the text alone. */
function jsonOf(report: BackupReport): string {
  const { writer: _writer, ...line } = report;
  return JSON.stringify(line);
}

const verdictHelp = `
Verdicts:
  ok          whole, and nothing speaks against restoring it
  suspicious  a scheduler takes it, but a person must know why not to: the reasons are given
  unlivable   whole, and no scheduler can live on it: each one that loads it dies at its start, again and
              again. Where only tasks kill, a staged restore can leave them out
  broken      a scheduler refuses it, or would stage something else than a backup

Exit status: 0 when every file is ok or suspicious; 1 when one is unlivable, broken or cannot be read.
The other files are inspected all the same.`;

async function inspectOrExplain(
  file: string,
  { thread, complain }: { thread: DecodingThread; complain: (text: string) => void },
): Promise<BackupReport | null> {
  try {
    return await inspectBackup(file, { thread });
  } catch (thrown) {
    if (!(thrown instanceof AuroraError)) throw thrown;
    complain(`${thrown.message} ${thrown.hint}\n`);
    return null;
  }
}
