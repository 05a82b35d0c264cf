/** Somebody else is at the elected scheduler while it waits for its storage: nothing of Aurora keeps them away. */
import fs from 'node:fs';
import { hostPaths } from '../../pretend-aurora/host/host-dir.ts';
import { createSchedulerReader } from '../../thrift/scheduler-reader.ts';
import type { Fault } from './fault.ts';
import { callElected } from './foreign-client.ts';

export const foreignUnload: Fault = {
  name: 'foreign-unload',
  what: 'Somebody else unloads the backup that is staged.',
  usually: 'gate-commit',
  hosts: 'processes',
  run: async (context) => {
    const host = await callElected(context, 'unloadRecovery', (client) => client.call('unloadRecovery', {}));
    return `Somebody unloaded what was staged on ${host.name}.`;
  },
};

export const foreignEdit: Fault = {
  name: 'foreign-edit',
  what: 'Somebody else deletes one task from what is staged.',
  usually: 'gate-commit',
  hosts: 'processes',
  run: async (context) => {
    let deleted = '';
    const host = await callElected(context, 'deleteRecoveryTasks', async (client) => {
      const [task] = (await createSchedulerReader(client).queryStaged((rows) => Array.fromAsync(rows))) ?? [];
      if (task === undefined) throw new Error('nothing is staged');
      deleted = task.taskId;
      await client.call('deleteRecoveryTasks', { query: { taskIds: [deleted] } });
    });
    return `Somebody deleted ${deleted} from what is staged on ${host.name}.`;
  },
};

export const foreignCommit: Fault = {
  name: 'foreign-commit',
  what: 'Somebody else commits what is staged.',
  usually: 'gate-commit',
  hosts: 'processes',
  run: async (context) => {
    const host = await callElected(context, 'commitRecovery', (client) => client.call('commitRecovery', {}));
    return `Somebody committed what was staged on ${host.name}.`;
  },
};

export const foreignStaging: Fault = {
  name: 'foreign-staging',
  what: 'Somebody else stages a backup before the bot does.',
  usually: 'find-elected',
  hosts: 'processes',
  run: async (context) => {
    let staged = '';
    const host = await callElected(context, 'stageRecovery', async (client) => {
      const [directory] = context.world.hosts.map((each) => hostPaths(each.directory).backups);
      staged =
        fs
          .readdirSync(directory ?? '.')
          .filter(isBackup)
          .sort()
          .at(-1) ?? '';
      await client.call('stageRecovery', { backupId: staged });
    });
    return `Somebody staged ${staged} on ${host.name}.`;
  },
};

const isBackup = (name: string): boolean => name.startsWith('scheduler-backup-');
