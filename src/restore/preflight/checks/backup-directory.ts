import { type Check, refuse } from '../finding.ts';

/** The held backup is placed there under its own name, on every host. */
export const backupDirectory: Check = {
  name: 'backup directory writable',
  code: 'host-unfit',
  find: ({ hosts }) =>
    hosts.flatMap(({ host, status }) =>
      status.backupDir.writable
        ? []
        : [
            refuse(`${status.backupDir.path} cannot be written by the agent.`, 'Fix its owner and mode.', {
              host,
            }),
          ],
    ),
  passes: () => 'Every agent can write into the backup directory.',
};
