import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { backupNamePattern } from '../../aurora/backups.ts';
import { nameExists } from '../files/durable-file.ts';
import { readLogDirectory } from '../files/log-directory.ts';
import { whyUnmovable } from '../files/movable.ts';
import { inDirectory, listAllNames } from '../files/pinned.ts';
import type { OperationTools } from '../operations/operation.ts';
import { verifyAuditLog } from '../verify-audit.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

/** The replicated log: there, plain, and movable where it is. */
export async function checkLog({ config: { paths } }: OperationTools): Promise<readonly Finding[]> {
  const directory = await readLogDirectory(paths.log);
  if (directory === null) {
    return [
      problem(`There is no replicated log at ${paths.log}.`, 'Correct paths.log (-native_log_file_path).'),
    ];
  }
  const findings: Finding[] = [ok(`The replicated log ${paths.log} has ${directory.files} files.`)];
  const obstacle = await whyUnmovable(paths.log);
  if (obstacle !== null) {
    findings.push(problem(`${paths.log} ${obstacle.why}, so it cannot be moved aside.`, obstacle.remedy));
  }
  if (directory.foreign.length > 0) {
    findings.push(
      problem(
        `${paths.log} holds files that are not the log's: ${directory.foreign.slice(0, 5).join(', ')}.`,
        'Move that elsewhere: a directory with foreign content is never set aside.',
      ),
    );
  }
  const kept = (await inDirectory(dirname(paths.log), listAllNames)).filter((name) =>
    /^\.(set-aside|restored|failed)-/.test(name.slice(basename(paths.log).length)),
  );
  if (kept.length > 0) {
    findings.push(
      ok(`Earlier restores have left ${kept.slice(0, 5).join(', ')}; remove them when nobody needs them.`),
    );
  }
  return findings;
}

/** Where backups come from and go to. */
export async function checkBackups({ config: { paths } }: OperationTools): Promise<readonly Finding[]> {
  if (!(await nameExists(paths.backups))) {
    return [
      problem(
        `The backup directory ${paths.backups} does not exist.`,
        'Make it, owned by the account of the scheduler, or correct paths.backups (-backup_dir).',
      ),
    ];
  }
  const names = await inDirectory(paths.backups, listAllNames);
  await access(paths.backups, constants.W_OK | constants.X_OK);
  const backups = names.filter((name) => backupNamePattern.test(name)).length;
  if (backups > 0) return [ok(`${paths.backups} has ${backups} backup(s).`)];
  return [
    warning(
      `${paths.backups} has no backup.`,
      'That is fine on a host that never led; otherwise compare paths.backups with -backup_dir.',
    ),
  ];
}

/** The agent's own directory, and the audit log in it. */
export async function checkState({ config: { paths } }: OperationTools): Promise<readonly Finding[]> {
  const found = await stat(paths.state).catch(() => null);
  if (found === null) return [ok(`${paths.state} will be made when the agent starts for the first time.`)];
  const findings: Finding[] = [];
  if ((found.mode & 0o077) !== 0) {
    findings.push(problem(`${paths.state} is open to other accounts.`, `Run "chmod 700 ${paths.state}".`));
  }
  const { entries, problems } = await verifyAuditLog(paths.state);
  if (problems.length === 0) findings.push(ok(`The audit log is whole: ${entries} entries.`));
  else
    findings.push(
      problem(`The audit log was changed: ${problems[0] ?? ''}`, 'Find out who did that, and keep the file.'),
    );
  return findings;
}
