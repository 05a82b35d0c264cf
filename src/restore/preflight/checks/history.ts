import { type Check, refuse, warn } from '../finding.ts';

/** A database that was put back to an earlier copy, or written anew, is told by what the agents were shown before. */
export const history: Check = {
  name: 'history as agents have seen it',
  code: 'history-lost',
  find: ({ hosts }) =>
    hosts.flatMap(({ host, lost }) => {
      if (lost == null) return [];
      const say = lost.stops ? refuse : warn;
      return [
        say(
          `${lost.message}.`,
          'The database was lost, put back to an earlier copy, replaced, or written by somebody else: docs/runbook.md, "The state directory of the bot is lost".',
          { host },
        ),
      ];
    }),
  passes: ({ hosts }) => `The bot's database has all that ${hosts.length} agents were shown of it.`,
};
