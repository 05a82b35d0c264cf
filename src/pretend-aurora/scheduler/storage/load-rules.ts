import type { SimulatedRelease } from '../../release/simulated-release.ts';
import { JavaFailure } from './java-failure.ts';
import { completeKey, type Snapshot, Store, taskIdOf } from './store.ts';

const keyPart = /^[\w.-]+$/;
const emptyInsert = [
  '\n### Error updating database.  Cause: org.h2.jdbc.JdbcSQLException: Column count does not match; SQL statement:',
  'INSERT INTO quota_resource (\n      quota_id,\n      type_id,\n      value\n    ) VALUES (\n     \n    ) [21002-193]',
  '### SQL: INSERT INTO quota_resource (       quota_id,       type_id,       value     ) VALUES (           )',
  '### Cause: org.h2.jdbc.JdbcSQLException: Column count does not match; SQL statement:',
  'INSERT INTO quota_resource (\n      quota_id,\n      type_id,\n      value\n    ) VALUES (\n     \n    ) [21002-193]',
].join('\n');
const quotaKinds = ['numCpus', 'ramMb', 'diskMb'] as const;

/**
 * Loads a decoded backup into an empty store as `TemporaryStorage` does, in the order of the snapshot's
 * fields. Throws JavaFailure with the messages that a 0.22 scheduler answered (recorded in
 * test/fixtures/backups).
 */
export function loadStaged(snapshot: Snapshot, release: SimulatedRelease): Store {
  checkTasks(snapshot);
  checkCronJobs(snapshot);
  checkQuotas(snapshot, release);
  checkUpdates(snapshot);
  const store = new Store();
  store.load(snapshot);
  return store;
}

function checkTasks({ tasks = [] }: Snapshot): void {
  for (const { assignedTask } of tasks) {
    if (assignedTask?.task !== undefined) continue;
    const call = 'org.apache.aurora.scheduler.storage.entities.ITaskConfig.newBuilder()';
    const value = 'org.apache.aurora.scheduler.storage.entities.IAssignedTask.getTask()';
    throw new JavaFailure('load', `Cannot invoke "${call}" because the return value of "${value}" is null`);
  }
  if (new Set(tasks.map(taskIdOf)).size < tasks.length) {
    throw new JavaFailure('load', 'Proposed new tasks would create task ID collision.');
  }
}

function checkCronJobs({ cronJobs = [] }: Snapshot): void {
  for (const { jobConfiguration } of cronJobs) {
    const { role, environment, name } = completeKey(jobConfiguration?.key);
    if (![role, environment, name].every((part) => keyPart.test(part))) throw new JavaFailure('load', null);
  }
}

function checkQuotas({ quotaConfigurations = [] }: Snapshot, release: SimulatedRelease): void {
  for (const { quota } of quotaConfigurations) {
    if (quota?.resources === undefined) {
      // Where the scalars still count, a quota without the set is a quota; the SQL stores cannot hold one.
      if (release.snapshotParts.dbScript) throw new JavaFailure('load', emptyInsert);
      if (release.quotaResources !== 'set') continue;
      const value = 'org.apache.aurora.gen.ResourceAggregate.getResources()';
      throw new JavaFailure(
        'load',
        `Cannot invoke "java.util.Set.size()" because the return value of "${value}" is null`,
      );
    }
    const kinds = quota.resources.flatMap((resource) => Object.keys(resource));
    if (kinds.length !== quotaKinds.length || !quotaKinds.every((kind) => kinds.includes(kind))) {
      throw new JavaFailure('load', 'Quota resources must be exactly: [CPUS, RAM_MB, DISK_MB]');
    }
  }
}

function checkUpdates({ jobUpdateDetails = [] }: Snapshot): void {
  for (const { details } of jobUpdateDetails) {
    const { initialState = [], desiredState } = details?.update?.instructions ?? {};
    if (initialState.length === 0 && desiredState === undefined) {
      throw new JavaFailure('load', 'Missing both initial and desired states. At least one is required.');
    }
  }
}
