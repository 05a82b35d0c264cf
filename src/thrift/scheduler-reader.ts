import {
  type ReleaseSign,
  signOfMediaType,
  signOfTierConfigs,
  signsOfTask,
} from '../aurora/release-signs.ts';
import type { SchedulerReader } from '../aurora/scheduler.ts';
import { scheduleStatuses, type TaskRow } from '../aurora/tasks.ts';
import type { SchedulerClient } from './client.ts';
import { CodecError } from './codec-error.ts';
import { RpcError } from './rpc-error.ts';
import { type Struct, struct } from './schema.ts';
import { resource } from './structs.ts';
import { taskRowStruct, toTaskRow } from './task-row.ts';

/** The two results that hold tasks, read down to the parts of a row. */
const taskResults = struct('Result', {
  scheduleStatusResult: [
    3,
    { struct: struct('ScheduleStatusResult', { tasks: [1, { list: { struct: taskRowStruct } }] }) },
  ],
  queryRecoveryResult: [
    9,
    { struct: struct('QueryRecoveryResult', { tasks: [1, { set: { struct: taskRowStruct } }] }) },
  ],
});

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
 * Note that `listBackups` names everything in the directory, also what is no backup.
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

    async listTasks(statuses) {
      const query = statuses === undefined ? {} : { statuses: statuses.map(statusNumber) };
      const { result } = await listWithFallback(client, query);
      return rowsOf(result.scheduleStatusResult?.tasks);
    },

    async queryStaged() {
      try {
        const { result } = await client.call('queryRecovery', { query: {} }, { resultSchema: taskResults });
        return rowsOf(result.queryRecoveryResult?.tasks);
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

/**
 * The cheap call leaves out executor data, and breaks with HTTP 500 when a task has no executor configuration at all
 * (aurora.md 2.3): then the whole configurations are asked for.
 */
async function listWithFallback(client: SchedulerClient, query: { statuses?: readonly number[] }) {
  const options = { resultSchema: taskResults };
  try {
    return await client.call('getTasksWithoutConfigs', { query }, options);
  } catch (thrown) {
    if (!(thrown instanceof RpcError) || thrown.status !== 500) throw thrown;
    return client.call('getTasksStatus', { query }, options);
  }
}

function rowsOf(tasks: readonly Struct<typeof taskRowStruct>[] | undefined): readonly TaskRow[] {
  return (tasks ?? []).map((task) => {
    const row = toTaskRow(task);
    // A task that cannot be told apart would make every list and digest built on it wrong.
    if (typeof row === 'string') throw new CodecError('rpc-malformed', `a task with ${row}`);
    return row;
  });
}

function statusNumber(name: string): number {
  const entry = Object.entries(scheduleStatuses).find(([known]) => known === name);
  if (entry === undefined) throw new TypeError(`no task status is called ${name}`);
  return entry[1];
}
