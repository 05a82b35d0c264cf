import { type Check, refuse, warn } from '../finding.ts';

/** A scheduler has one slot for everybody, and does not say who filled it (aurora.md 4.1). */
export const stagedRecovery: Check = {
  name: 'no other recovery staged',
  code: 'foreign-staging',
  find: ({ hosts }) =>
    hosts.flatMap(({ host, staged }) => {
      if (!staged.ok) {
        return [
          warn(
            `whether somebody has staged a recovery there cannot be seen: ${withoutHost(staged.error.message, host)}`,
            'Ask around before you approve; a scheduler that is stopped loses what was staged.',
            { host },
          ),
        ];
      }
      if (staged.value === null) return [];
      return [
        refuse(
          `a recovery of ${staged.value} tasks is already staged there: somebody else's restore.`,
          'Find out whose it is. `aurora_admin scheduler_unload_recovery` removes it and changes nothing else.',
          { host },
        ),
      ];
    }),
  passes: () => 'No scheduler has a recovery staged.',
};

/** The relay puts the host in front; here it stands in front already. */
function withoutHost(message: string, host: string): string {
  return message.startsWith(`${host}: `) ? message.slice(host.length + 2) : message;
}
