/** What `host-rules.ts` judges by, looked up on the host and in the journal at the moment before something is done. */
import type { OperationKind } from '../aurora/operations.ts';
import { recoveryIn } from '../aurora/restore-flags.ts';
import { nameExists } from './files/durable-file.ts';
import { setAsidePath } from './files/log-directory.ts';
import { logsAfter, type PastOperation } from './host-history.ts';
import type { HostState } from './host-rules.ts';
import type { OperationTools } from './operations/operation.ts';

/** Throws when the flag file cannot be read and the scheduler is to be started: nothing is done on a guess. */
export async function lookAtState(
  { config, flags, service }: Pick<OperationTools, 'config' | 'flags' | 'service'>,
  asked: { kind: OperationKind; restoreId: string; history: readonly PastOperation[] },
): Promise<HostState> {
  const { kind, restoreId, history } = asked;
  const logs = logsAfter(history);
  const isSetAside = (of: string): Promise<boolean> => nameExists(setAsidePath(config.paths.log, of));
  const [isAside, isMakersAside, state, flagState] = await Promise.all([
    isSetAside(restoreId),
    logs.madeBy === null ? false : isSetAside(logs.madeBy),
    // What puts a host back must not fail because its manager does not answer.
    service.status().catch(() => ({ state: 'running' as const, held: null })),
    kind === 'start-scheduler' || kind === 'back-up-now'
      ? lookAtFlags({ config, flags }, restoreId)
      : ('mixed' as const),
  ]);
  return {
    auroraVersion: config.auroraVersion,
    logs,
    isAside,
    isMakersAside,
    flags: flagState,
    backUpNowAt: lastBackUp(history),
    service: state,
  };
}

/** Whatever came of it, and whoever signed it. */
function lastBackUp(history: readonly PastOperation[]): number | null {
  const times = history.filter(({ kind }) => kind === 'back-up-now').map(({ startedAt }) => startedAt ?? 0);
  const last = Math.max(0, ...times);
  return last === 0 ? null : last;
}

async function lookAtFlags(
  { config, flags }: Pick<OperationTools, 'config' | 'flags'>,
  restoreId: string,
): Promise<HostState['flags']> {
  const { values } = await flags.read();
  const part = recoveryIn(config.auroraVersion, values);
  if (part === 'whole') return 'recovery';
  return part === 'none' || (await flags.observeRestored(restoreId)) !== null ? 'own' : 'mixed';
}
