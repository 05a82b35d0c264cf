import { agreedFlags } from '../../../aurora/agreed-flags.ts';
import { type Check, refuse } from '../finding.ts';

/** A flag that stands on some hosts only is a difference too. */
export const flagsAgree: Check = {
  name: 'same flags',
  code: 'hosts-disagree',
  find: ({ hosts }) =>
    agreedFlags.flatMap((flag) => {
      const values = new Set(hosts.map(({ status }) => status.flags.values[flag] ?? ''));
      if (values.size < 2) return [];
      const list = hosts.map(({ host, status }) => `${host} has ${status.flags.values[flag] ?? 'none'}`);
      return [
        refuse(
          `The hosts do not agree on -${flag}: ${list.join(', ')}.`,
          'Make the flag files say the same before a restore.',
        ),
      ];
    }),
  passes: () => `The ${agreedFlags.length} flags that must agree do.`,
};
