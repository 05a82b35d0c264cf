import { procedures } from '../../procedures/index.ts';
import { type Check, refuse } from '../finding.ts';
import { findMissingTool } from '../tool-checks.ts';

/** Without it no new log can be initialised, and the old one is set aside by then. */
export const mesosLog: Check = {
  name: 'mesos-log present',
  code: 'host-unfit',
  find: ({ hosts }) =>
    hosts.flatMap(({ host, status }) =>
      status.mesosLog.present
        ? []
        : [
            refuse(
              '`mesos-log` is missing.',
              "Install it, or set paths.mesosLog in the agent's configuration.",
              { host },
            ),
          ],
    ),
  passes: () => '`mesos-log` is on every host.',
};

/** Only the procedure of that name needs it, and only on the host that has the backup. */
export const recoveryTool: Check = {
  name: 'recovery tool present',
  code: 'tool-missing',
  find: (reading) => {
    const missing = findMissingTool(
      reading,
      reading.hosts.map(({ status }) => status),
    );
    return missing === null ? [] : [refuse(missing.message, missing.hint)];
  },
  passes: ({ procedure, refilled }) =>
    procedures[procedure].needsRecoveryTool
      ? `${refilled}, which has the backup, has the tool.`
      : 'This procedure needs none.',
};
