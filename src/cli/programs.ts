import { Command, Help } from 'commander';
import { packageVersion } from '../agent/package-root.ts';

interface Program {
  /** As the program itself says it, so that the list of all of them loads none. */
  readonly description: string;
  /** After its name in that list. */
  readonly takes?: string;
  readonly register: (program: Command) => Promise<void>;
}

/** Each is loaded only when it is asked for: a list of them loads none, an agent starts without Slack's libraries. */
const programs: Readonly<Record<string, Program>> = {
  bot: {
    description: 'the Slack app and the restore worker',
    register: async (program) => (await import('./bot-command.ts')).registerBot(program),
  },
  agent: {
    description: 'the daemon on each scheduler host: the only thing that touches a host',
    register: async (program) => (await import('./agent.ts')).registerAgent(program),
  },
  drill: {
    description: 'a full drill on this machine: pretend cluster, real agents, local Slack, the unchanged bot',
    takes: '[options]',
    register: async (program) => (await import('./drill.ts')).registerDrill(program),
  },
  backup: {
    description: 'look at storage backups, off-line',
    register: async (program) => (await import('./backup.ts')).registerBackup(program),
  },
  record: {
    description: 'the incident record of a restore',
    register: async (program) => (await import('./record.ts')).registerRecord(program),
  },
  restore: {
    description: 'see and decide a restore in a terminal on the bot’s machine, with or without Slack',
    register: async (program) => (await import('./restore.ts')).registerRestore(program),
  },
  sign: {
    description: 'show what the agents say of a statement, and sign it with an ssh key',
    takes: '[options] <restore>',
    register: async (program) => (await import('./sign.ts')).registerSign(program),
  },
  people: {
    description: 'whose signatures count: the roster of keys',
    register: async (program) => (await import('./people.ts')).registerPeople(program),
  },
  'backup-state': {
    description: "copy the bot's database while it runs, and check the copy",
    takes: '[options]',
    register: async (program) => (await import('./backup-state.ts')).registerBackupState(program),
  },
  pki: {
    description: 'certificates of an authority of your own, for the bot and its agents',
    register: async (program) => (await import('./pki.ts')).registerPki(program),
  },
  setup: {
    description:
      'write a whole installation into an empty directory: configurations, keys, certificates, units, a role',
    takes: '[options]',
    register: async (program) => (await import('./setup.ts')).registerSetup(program),
  },
  store: {
    description: 'where the bot keeps everything',
    register: async (program) => (await import('./store-command.ts')).registerStore(program),
  },
  enroll: {
    description: 'let a host come for its certificate and configuration with a one-time token',
    register: async (program) => (await import('./enroll.ts')).registerEnroll(program),
  },
  config: {
    description: 'look at the configuration of the bot',
    register: async (program) => (await import('./config-check.ts')).registerConfig(program),
  },
};

/**
 * The command line as far as these words need it: whole for the program that they name, and the names and descriptions of the
 * others where they name none, which is a question for help or a word that is wrong.
 */
export async function commandLineFor(words: readonly string[]): Promise<Command> {
  const line = new Command('aurora-chatops')
    .description("Restore an Apache Aurora scheduler's storage from Slack, under two-person control.")
    .version(packageVersion())
    .showHelpAfterError('(run with --help for what it takes)');
  const [named, after] = words.filter((word) => !word.startsWith('-'));
  const asked = programs[(named === 'help' ? after : named) ?? ''];
  if (asked !== undefined) {
    await asked.register(line);
    return line;
  }
  const { subcommandTerm } = new Help();
  line.configureHelp({
    subcommandTerm: (command) => {
      const takes = programs[command.name()]?.takes;
      return takes === undefined ? subcommandTerm(command) : `${command.name()} ${takes}`;
    },
  });
  for (const [name, { description }] of Object.entries(programs))
    line.addCommand(new Command(name).description(description));
  return line;
}
