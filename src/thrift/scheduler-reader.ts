import {
  type ReleaseSign,
  signOfMediaType,
  signOfTierConfigs,
  signsOfTask,
} from '../aurora/release-signs.ts';
import type { SchedulerReader } from '../aurora/scheduler.ts';
import { scheduleStatuses } from '../aurora/tasks.ts';
import type { SchedulerClient } from './client.ts';
import { RpcError } from './rpc-error.ts';
import { struct } from './schema.ts';
import { resource } from './structs.ts';

/** One task, down to what tells the release that keeps it. */
const taskSigns = struct('Result', {
  scheduleStatusResult: [
    3,
    {
      struct: struct('ScheduleStatusResult', {
        tasks: [
          1,
          {
            list: {
              struct: struct('ScheduledTask', {
                assignedTask: [
                  1,
                  {
                    struct: struct('AssignedTask', {
                      task: [
                        4,
                        {
                          struct: struct('TaskConfig', {
                            numCpus: [8, 'double'],
                            resources: [32, { set: { struct: resource } }],
                          }),
                        },
                      ],
                    }),
                  },
                ],
              }),
            },
          },
        ],
      }),
    },
  ],
});

/** What a scheduler says when nothing is staged, in every release (aurora.md 4.2). */
const nothingStaged = 'No backup loaded.';

/**
 * Reads one scheduler through its client; throws RpcError, TransportError or CodecError. Every read may be repeated.
 * Note that `listBackups` names everything in the directory, also what is not a backup.
 */
export function createSchedulerReader(client: SchedulerClient): SchedulerReader {
  return {
    async isStorageReady() {
      try {
        await client.call('getRoleSummary', {});
        return true;
      } catch (thrown) {
        if (isNotReady(thrown)) return false;
        throw thrown;
      }
    },

    async listTasks(consume, statuses) {
      const query = statuses === undefined ? {} : { statuses: statuses.map(statusNumber) };
      try {
        return await consume(client.listTasks('getTasksWithoutConfigs', { query }));
      } catch (thrown) {
        // The cheap call leaves out executor data, and breaks with HTTP 500 when a task has no executor configuration at
        // all (aurora.md 2.3): then the whole configurations are asked for.
        if (!(thrown instanceof RpcError) || thrown.status !== 500) throw thrown;
        return await consume(client.listTasks('getTasksStatus', { query }));
      }
    },

    async queryStaged(consume) {
      try {
        return await consume(client.listTasks('queryRecovery', { query: {} }));
      } catch (thrown) {
        if (thrown instanceof RpcError && thrown.messages.includes(nothingStaged)) return null;
        throw thrown;
      }
    },

    async listBackups() {
      const { result } = await client.call('listBackups', {});
      return [...(result.listBackupsResult?.backups ?? [])].sort();
    },

    async readReleaseSigns() {
      return [...(await askForTiers(client)), ...(await lookAtOneTask(client))];
    },
  };
}

async function askForTiers(client: SchedulerClient): Promise<ReleaseSign[]> {
  try {
    const { mediaType } = await client.call('getTierConfigs', {});
    return [signOfTierConfigs(true), ...signOfMediaType(mediaType)];
  } catch (thrown) {
    if (!(thrown instanceof RpcError)) throw thrown;
    return thrown.code === 'rpc-unknown-method' ? [signOfTierConfigs(false)] : [];
  }
}

async function lookAtOneTask(client: SchedulerClient): Promise<ReleaseSign[]> {
  try {
    const query = { limit: 1 };
    const { result } = await client.call('getTasksStatus', { query }, { resultSchema: taskSigns });
    const task = result.scheduleStatusResult?.tasks?.[0]?.assignedTask?.task;
    return signsOfTask({ scalars: task?.numCpus !== undefined, set: task?.resources !== undefined });
  } catch (thrown) {
    if (thrown instanceof RpcError) return [];
    throw thrown;
  }
}

/** True when the scheduler refused because its storage is not READY (ERROR in 0.5, ERROR_TRANSIENT since). */
function isNotReady(thrown: unknown): boolean {
  return (
    thrown instanceof RpcError &&
    (thrown.code === 'rpc-transient' || thrown.messages.includes('Storage is not READY'))
  );
}

function statusNumber(name: string): number {
  const entry = Object.entries(scheduleStatuses).find(([known]) => known === name);
  if (entry === undefined) throw new TypeError(`no task status is called ${name}`);
  return entry[1];
}
