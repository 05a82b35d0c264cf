import { JavaFailure } from './java-failure.ts';
import { completeKey, type Snapshot, Store, taskIdOf } from './store.ts';

const keyPart = /^[\w.-]+$/;
const quotaKinds = ['numCpus', 'ramMb', 'diskMb'] as const;

/**
 * Loads a decoded backup into an empty store as `TemporaryStorage` does, in the order of the snapshot's
 * fields. Throws JavaFailure with the messages that a 0.22 scheduler answered (recorded in
 * test/fixtures/backups).
 */
export function loadStaged(snapshot: Snapshot): Store {
  checkTasks(snapshot);
  checkCronJobs(snapshot);
  checkQuotas(snapshot);
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

function checkQuotas({ quotaConfigurations = [] }: Snapshot): void {
  for (const { quota } of quotaConfigurations) {
    if (quota?.resources === undefined) {
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
