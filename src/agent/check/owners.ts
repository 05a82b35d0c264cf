/** Who may exchange what lies in the directories that the agent works in, and what that means. */
import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { OperationTools } from '../operations/operation.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

/** The scheduler's own account is told from the log; its directories may be its own, and root's. The agent's may be root's only. */
export async function checkOwners({ config: { paths } }: OperationTools): Promise<readonly Finding[]> {
  const account = (await stat(paths.log).catch(() => null))?.uid ?? 0;
  const directories = [...new Set([dirname(paths.log), paths.backups])];
  const findings = await Promise.all(directories.map((directory) => judgeDirectory(directory, account)));
  return [...findings, ...(await judgeState(paths.state))];
}

async function judgeDirectory(directory: string, account: number): Promise<Finding> {
  const found = await stat(directory);
  const what = 'can replace the log or the backups there, and so what a restore brings back';
  if (isOpenToAll(found)) {
    return warning(`Every account of this host ${what}: ${directory}.`, `Run "chmod o-w ${directory}".`);
  }
  if (isRoots(found)) return ok(`${directory} belongs to root: nobody else can replace what is there.`);
  if (found.uid === account) {
    return ok(
      `${directory} belongs to the account of the scheduler (uid ${account}), which can replace what is there at any time. The agent follows no link there.`,
    );
  }
  return warning(
    `${directory} belongs to uid ${found.uid}, which is neither root nor the account of the scheduler. It ${what}.`,
    `Run "chown ${account} ${directory}".`,
  );
}

/** Whoever may rename a directory above it may put another one in its place. */
async function judgeState(state: string): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (let directory = dirname(state); ; directory = dirname(directory)) {
    const found = await stat(directory).catch(() => null);
    if (found !== null && (!isRoots(found) || isOpenToAll(found))) {
      findings.push(
        problem(
          `${directory} does not belong to root alone: its owner can put another directory in place of ${state}, with another journal in it.`,
          `Keep paths.state below directories of root's, or run "chown root ${directory}" and "chmod go-w ${directory}".`,
        ),
      );
    }
    if (directory === '/') return findings;
  }
}

function isRoots({ uid }: Stats): boolean {
  return uid === 0 || uid === process.getuid?.();
}

/** In a sticky directory a name is exchanged by its owner only. */
function isOpenToAll({ mode }: Stats): boolean {
  return (mode & 0o002) !== 0 && (mode & 0o1000) === 0;
}
