import { Command } from 'commander';
import { AuroraError } from '../aurora/errors.ts';
import { escapedLines } from '../aurora/printable.ts';

const configOption = [
  '--config <file>',
  'the configuration, in YAML (docs/configuration.md); secrets come from the environment',
] as const;

/** Adds `bot run --config FILE` (`bot --config FILE` is the same) and `bot adopt`. */
export function registerBot(program: Command): void {
  program
    .command('bot')
    .description('the Slack app and the restore worker')
    .addCommand(
      new Command('run')
        .description('run in the foreground until SIGTERM or SIGINT')
        .requiredOption(...configOption)
        .action(
          async (options: { config: string }) => await (await import('./bot.ts')).runBot(options.config),
        ),
      { isDefault: true },
    )
    .addCommand(
      new Command('adopt')
        .description(
          'after a lost database, with the bot stopped: begin above all that the agents have seen, and say what root has to do on which host. Exit 1 while there is something left',
        )
        .requiredOption(...configOption)
        .requiredOption('--reason <text>', 'why; it goes into the audit log of each host')
        .option('--without <hosts...>', 'hosts that are gone for good')
        .option('--in-mid-restore', 'although a restore is in the middle of its work on a host')
        .action(async (options: AdoptOptions) => await runAdopt(options)),
    );
}

interface AdoptOptions {
  readonly config: string;
  readonly reason: string;
  readonly without?: readonly string[];
  readonly inMidRestore?: true;
}

const reasonMax = 500;

async function runAdopt(options: AdoptOptions): Promise<void> {
  const reason = options.reason.trim();
  if (reason === '' || reason.length > reasonMax || /\p{Cc}/u.test(reason))
    throw new AuroraError({
      code: 'reason-invalid',
      message: `The reason is one line of 1 to ${reasonMax} characters.`,
      hint: 'Say in a sentence what has happened to the old database.',
    });
  const [
    { readBotConfig },
    { databaseOf, openBotStore },
    { openClusters },
    { makeDirectories },
    { makePrivate },
    { systemClock },
    { adopt },
  ] = await Promise.all([
    import('./config.ts'),
    import('./bot-store.ts'),
    import('./cluster-access.ts'),
    import('../agent/files/durable-file.ts'),
    import('../agent/private-file.ts'),
    import('../aurora/system-clock.ts'),
    import('./adopt.ts'),
  ]);
  const config = await readBotConfig(options.config);
  await makeDirectories(config.state);
  if (config.store === null) makePrivate(databaseOf(config));
  const store = await openBotStore(config, { alone: true });
  const clusters = openClusters(config, systemClock);
  try {
    const { without = [], inMidRestore = false } = options;
    const { name, restore, fences, waiting } = await adopt({ store, clusters, without, inMidRestore });
    const lines = [
      `The next restore is R${restore + 1}, or a later one.`,
      ...[...fences].map(([cluster, fence]) => `Fencing tokens of ${cluster} go on above ${fence}.`),
      `This database is ${name}.`,
      ...(waiting.length === 0
        ? ['No host works for another one. Start the bot.']
        : [
            `Not done yet: ${waiting.join(', ')} ${waiting.length === 1 ? 'works' : 'work'} for another database. An administrator runs this on each, as root:`,
            '',
            '  systemctl stop aurora-chatops-agent',
            `  aurora-chatops agent take-store ${name} --config /etc/aurora-chatops/agent.yaml --reason ${quoted(reason)}${inMidRestore ? ' --in-mid-restore' : ''}`,
            '  systemctl start aurora-chatops-agent',
            '',
            'Then run "bot adopt" again, and start the bot when it says so.',
          ]),
    ];
    process.stdout.write(escapedLines(`${lines.join('\n')}\n`));
    if (waiting.length > 0) process.exitCode = 1;
  } finally {
    await Promise.all([...clusters.values()].map((cluster) => cluster.leader.close()));
    await store.close();
  }
}

/** For a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
