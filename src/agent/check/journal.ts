import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentConfig } from '../config.ts';
import { nameExists } from '../files/durable-file.ts';
import { setAsidePath } from '../files/log-directory.ts';
import { logsAfter } from '../host-history.ts';
import { findUnknownRestores, listLeftBehind } from '../left-behind.ts';
import { openOperationJournal } from '../operation-journal.ts';
import type { OperationTools } from '../operations/operation.ts';
import { type Finding, ok, problem } from './finding.ts';

const accept = 'stop the agent and run "aurora-chatops agent accept-state", as docs/agent.md says.';

/** The journal knows what restores have left on this host. */
export async function checkJournal({ config: { paths } }: OperationTools): Promise<readonly Finding[]> {
  const path = join(paths.state, 'operations.sqlite');
  if (!existsSync(path)) return describe(await listLeftBehind(paths));
  // The agent that runs has its journal for itself, and a check changes nothing: a copy tells as much.
  const directory = await mkdtemp(join(tmpdir(), 'aurora-journal-'));
  try {
    return await checkCopy(await copyJournal(path, directory), paths);
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function copyJournal(path: string, directory: string): Promise<string> {
  const copy = join(directory, 'operations.sqlite');
  await copyFile(path, copy);
  if (existsSync(`${path}-wal`)) await copyFile(`${path}-wal`, `${copy}-wal`);
  return copy;
}

async function checkCopy(copy: string, paths: AgentConfig['paths']): Promise<readonly Finding[]> {
  const journal = openOperationJournal(copy);
  try {
    const { madeBy } = logsAfter(journal.history());
    const findings = describe(await findUnknownRestores(paths, journal));
    if (madeBy === null || !(await nameExists(setAsidePath(paths.log, madeBy)))) return findings;
    return [
      ...findings,
      problem(
        `The log ${paths.log} was made by ${madeBy}, and the agent knows of no commit of it: it starts a scheduler on it only in recovery mode.`,
        `Unless ${madeBy} is still in progress: put its old log back, or, if this one is right, ${accept}`,
      ),
    ];
  } finally {
    journal.close();
  }
}

function describe(unknown: readonly string[]): readonly Finding[] {
  if (unknown.length === 0) return [ok('The journal knows every restore that has left something here.')];
  return [
    problem(
      `${unknown.join(', ')} left something on this host that the journal does not know: the state directory was lost or replaced. The agent refuses every operation.`,
      `Look at the logs, flags and backups that they left. When the host is as it should be, ${accept}`,
    ),
  ];
}
