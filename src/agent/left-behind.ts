/** What restores leave on a host, by its names: it outlives the agent's state directory. */
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isErrand } from '../aurora/errands.ts';
import { restoreIdPattern } from '../aurora/name-schemas.ts';
import type { AgentConfig } from './config.ts';
import { listSetAside } from './files/log-directory.ts';
import type { OperationJournal } from './operation-journal.ts';

/** Ids of restores that have left a log, a flag file or a backup here, sorted. What cannot be read counts as nothing. */
export async function listLeftBehind({
  log,
  flags,
  state,
}: AgentConfig['paths']): Promise<readonly string[]> {
  const prefix = `${basename(flags)}.set-aside-`;
  const [logs, beside, held] = await Promise.all([
    listSetAside(log).catch(() => []),
    readdir(dirname(flags)).catch(() => []),
    readdir(join(state, 'held')).catch(() => []),
  ]);
  const flagFiles = beside.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  return [...new Set([...logs, ...flagFiles, ...held])]
    .filter((id) => restoreIdPattern.test(id) && !isErrand(id))
    .sort();
}

/** Those of them that the journal does not know: it is another one than the one by which they were made. */
export async function findUnknownRestores(
  paths: AgentConfig['paths'],
  journal: Pick<OperationJournal, 'knownRestores'>,
): Promise<readonly string[]> {
  const known = journal.knownRestores();
  return (await listLeftBehind(paths)).filter((restoreId) => !known.has(restoreId));
}
