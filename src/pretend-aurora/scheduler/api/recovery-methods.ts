import type { ApiContext } from './context.ts';
import type { MethodTable } from './method-table.ts';
import { RpcFailure } from './rpc-failure.ts';

/** The recovery and backup family (aurora.md 2.1, 4.2). */
export const recoveryMethods: MethodTable = {
  listBackups: async ({ backups }) => {
    try {
      return { listBackupsResult: { backups: backups.list() } };
    } catch {
      throw new RpcFailure('ERROR', null);
    }
  },
  performBackup: async (context) => {
    writeBackup(context);
    return undefined;
  },
  stageRecovery: async ({ recovery, standStill }, { backupId }) => {
    await standStill('stageRecovery');
    recovery.stage(backupId);
    return undefined;
  },
  queryRecovery: async ({ recovery, standStill }, { query }) => {
    await standStill('queryRecovery');
    return { queryRecoveryResult: { tasks: recovery.query(query) } };
  },
  deleteRecoveryTasks: async ({ recovery }, { query }) => {
    recovery.deleteTasks(query);
    return undefined;
  },
  commitRecovery: async ({ commit }) => {
    await commit();
    return undefined;
  },
  unloadRecovery: async ({ recovery }) => {
    recovery.unload();
    return undefined;
  },
  snapshot: async ({ takeSnapshot }) => {
    await takeSnapshot();
    return undefined;
  },
};

/**
 * Answers OK whatever the disk says: only the counters tell. Releases that do not look whether they are READY write
 * an empty file, over a good one of the same minute.
 */
function writeBackup({ storage, backups, release, now }: ApiContext): void {
  const at = now();
  const store = release.backsUpUnready ? storage.store : storage.requireReady();
  backups.write(store.toSnapshot(at.getTime(), release), at);
}
