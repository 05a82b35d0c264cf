/** `aurora-chatops agent`: the daemon on a scheduler host, and two looks at it for administrators. */
import { resolve } from 'node:path';
import { Command } from 'commander';
import type { Finding } from '../agent/check/finding.ts';
import type { AgentConfig } from '../agent/config.ts';
import type { AgentObserver } from '../agent/observer.ts';
import { packageVersion } from '../agent/package-root.ts';
import { escaped, escapedLines } from '../aurora/printable.ts';
import { systemClock } from '../aurora/system-clock.ts';

const configOption = ['--config <file>', 'the configuration of this host, in YAML (docs/agent.md)'] as const;

/**
 * Each loads what it needs when it is asked for: a booting scheduler waits for `block-again`. Adds `agent run --config FILE` (`agent --config FILE` is the same), `agent check`,
 * `agent block-again`, `agent reset-fence`, `agent accept-state`, `agent take-store`, `agent enroll` and `agent verify-audit`.
 */
export function registerAgent(program: Command): void {
  program
    .command('agent')
    .description('the daemon on each scheduler host: the only thing that touches a host')
    .addCommand(
      new Command('run')
        .description('run in the foreground until SIGTERM or SIGINT')
        .requiredOption(...configOption)
        .action(async (options: { config: string }) => runAgent(options.config)),
      { isDefault: true },
    )
    .addCommand(
      new Command('check')
        .description('say whether this host is ready for a restore; changes nothing, exit 1 when it is not')
        .requiredOption(...configOption)
        .option('--json', 'one JSON object a line')
        .option('--as-unit', 'inside the walls of the installed unit: with what the service will see')
        .action(async (options: CheckOptions) => runCheck(options)),
    )
    .addCommand(
      new Command('block-again')
        .description(
          'block outside traffic if a restore had blocked it and a boot has opened it; for the unit',
        )
        .argument('<directory>', "the agent's state directory")
        .action(async (directory: string) => {
          const { blockTrafficAgain } = await import('../agent/block-again.ts');
          await blockTrafficAgain(directory);
        }),
    )
    .addCommand(
      new Command('reset-fence')
        .description(
          'take lower fencing tokens again after a stolen key; as root, while the agent is stopped',
        )
        .requiredOption(...configOption)
        .action(async (options: { config: string }) => runResetFence(options.config)),
    )
    .addCommand(
      new Command('accept-state')
        .description('say that this host is as it should be; as root, while the agent is stopped')
        .requiredOption(...configOption)
        .action(async (options: { config: string }) => runAcceptState(options.config)),
    )
    .addCommand(
      new Command('take-store')
        .description(
          "work for another bot's database after the old one was lost; as root, while the agent is stopped",
        )
        .requiredOption(...configOption)
        .argument('<name>', 'the database, as "bot adopt" names it; any: whichever comes first')
        .requiredOption('--reason <text>', 'why, for the audit log')
        .option('--in-mid-restore', 'although a restore is in the middle of its work on this host')
        .action(async (name: string, options: TakeStoreOptions) => runTakeStore(name, options)),
    )
    .addCommand(
      new Command('enroll')
        .description(
          'make a key on this host, and come for its certificate and configuration with a one-time token',
        )
        .requiredOption('--from <url>', 'what "aurora-chatops enroll open" has printed')
        .requiredOption('--token <token>', 'the same; - reads it from standard input')
        .requiredOption('--host <name>', 'the name of this host in the configuration of the bot')
        .option('--directory <dir>', 'where the agent finds its configuration', '/etc/aurora-chatops')
        .action(async (options: EnrollOptions) => runEnroll(options)),
    )
    .addCommand(
      new Command('prove')
        .description(
          'give a backup to the Aurora of this host, in a place where it can touch nothing; as root. Exit 1 when it is refuted, 3 when the proof failed',
        )
        .requiredOption(...configOption)
        .option('--json', 'one JSON object a line')
        .argument('[name]', 'a backup in the backup directory; the newest whole one without it')
        .action(async (name: string | undefined, options: { config: string; json?: true }) => {
          const { runProve } = await import('./prove.ts');
          await runProve(options, name);
        }),
    )
    .addCommand(
      new Command('prove-inside').action(async () => {
        const { runProveInside } = await import('./prove.ts');
        await runProveInside();
      }),
      { hidden: true },
    )
    .addCommand(
      new Command('verify-audit')
        .description("follow the chain of the agent's audit log, exit 1 when it is broken")
        .argument('<directory>', "the agent's state directory")
        .action(async (directory: string) => runVerifyAudit(directory)),
    );
}

async function runAgent(configPath: string): Promise<void> {
  const [
    { chooseLogLevel, createLogger },
    { openServiceManager },
    { startAgent },
    { loadAgentConfig },
    { operationTable },
  ] = await Promise.all([
    import('./logger.ts'),
    import('./service-manager.ts'),
    import('../agent/agent.ts'),
    import('../agent/config.ts'),
    import('../agent/operations/table.ts'),
  ]);
  const config = await loadAgentConfig(configPath);
  const logger = createLogger('agent', chooseLogLevel(process.env, config.log.level));
  const manager = openServiceManager(process.env, {
    clock: systemClock,
    warn: (fields, message) => logger.warn(fields, message),
  });
  const measured = await openMetrics(config);
  const agent = await startAgent({
    config,
    clock: systemClock,
    operations: operationTable,
    logger,
    ...(measured !== null && { observer: measured.observer }),
  });
  logger.info({ host: config.host, cluster: config.cluster, url: agent.url }, 'agent listens');
  manager.ready('listens');
  const stop = (signal: NodeJS.Signals): void => {
    logger.info({ signal }, 'agent stops');
    manager.stopping();
    Promise.all([agent.close(), measured?.close()]).then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'agent did not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

/** Nothing of it is loaded where nobody asks; AuroraError `metrics-address` when it cannot listen. */
async function openMetrics({
  metrics: address,
  ...config
}: AgentConfig): Promise<{ observer: AgentObserver; close(): Promise<void> } | null> {
  if (address === undefined) return null;
  const [{ measureAgent }, { serveHealth }, { createRegistry }, { endpointOf }] = await Promise.all([
    import('../agent/metrics.ts'),
    import('./health-server.ts'),
    import('./program-metrics.ts'),
    import('../aurora/host-names.ts'),
  ]);
  const registry = createRegistry('agent', packageVersion());
  const observer = await measureAgent(registry, config);
  const { close } = await serveHealth({ metrics: registry }, endpointOf(address.listen));
  return { observer, close };
}

interface CheckOptions {
  readonly config: string;
  readonly json?: true;
  readonly asUnit?: true;
}

async function runCheck(options: CheckOptions): Promise<void> {
  if (options.asUnit === true) {
    const { runAsUnit } = await import('./check-as-unit.ts');
    const json = options.json === true ? ['--json'] : [];
    process.exitCode = await runAsUnit(['agent', 'check', '--config', resolve(options.config), ...json]);
    return;
  }
  const [{ buildTools }, { checkHost }, { findingsOf }, { loadAgentConfig }, { readCredentials }] =
    await Promise.all([
      import('../agent/agent.ts'),
      import('../agent/check/check-host.ts'),
      import('../agent/check/finding.ts'),
      import('../agent/config.ts'),
      import('../agent/scheduler-credentials.ts'),
    ]);
  const config = await loadAgentConfig(options.config);
  // Told as a finding: what else is wrong is told beside it.
  const missing = await findingsOf(async () => {
    await readCredentials(config.scheduler.credentials);
    return [];
  });
  const credentials = missing.length > 0 ? null : await readCredentials(config.scheduler.credentials);
  const tools = buildTools(config, systemClock, credentials);
  const findings = [...missing, ...(await checkHost(tools, options.config))];
  const problems = findings.filter(({ level }) => level === 'problem').length;
  if (problems > 0) process.exitCode = 1;
  if (options.json === true) {
    for (const finding of findings) process.stdout.write(escapedLines(`${JSON.stringify(finding)}\n`));
    return;
  }
  for (const finding of findings) process.stdout.write(escapedLines(describe(finding)));
  const verdict = problems === 0 ? 'ready for a restore' : `not ready: ${problems} problem(s)`;
  process.stdout.write(`\n${config.host} is ${verdict}.\n`);
}

function describe({ level, what, hint }: Finding): string {
  return `${level.padEnd(8)} ${what}\n${hint === '' ? '' : `${' '.repeat(9)}${hint}\n`}`;
}

async function runResetFence(path: string): Promise<void> {
  const [{ resetFence }, { loadAgentConfig }] = await Promise.all([
    import('../agent/day-after.ts'),
    import('../agent/config.ts'),
  ]);
  const { before } = await resetFence({ config: await loadAgentConfig(path), clock: systemClock });
  process.stdout.write(
    `The highest fencing token was ${before} and is forgotten. Start the agent again; the next grant sets a new one.\n`,
  );
}

async function runAcceptState(path: string): Promise<void> {
  const [{ acceptState }, { loadAgentConfig }] = await Promise.all([
    import('../agent/day-after.ts'),
    import('../agent/config.ts'),
  ]);
  const config = await loadAgentConfig(path);
  const { restoreIds } = await acceptState({ config, clock: systemClock });
  const known = restoreIds.length === 0 ? '' : ` What ${restoreIds.join(', ')} left here is known now.`;
  process.stdout.write(
    `The log at ${config.paths.log} is the one to run on.${known} Start the agent again; it takes operations.\n`,
  );
}

interface TakeStoreOptions {
  readonly config: string;
  readonly reason: string;
  readonly inMidRestore?: true;
}

async function runTakeStore(name: string, options: TakeStoreOptions): Promise<void> {
  const [{ takeStore }, { loadAgentConfig }] = await Promise.all([
    import('../agent/day-after.ts'),
    import('../agent/config.ts'),
  ]);
  const { reason, inMidRestore = false } = options;
  const host = { config: await loadAgentConfig(options.config), clock: systemClock };
  const { before } = await takeStore(host, { name, reason, inMidRestore });
  const was = before === null ? 'It had worked for none so far.' : `It was ${before.name} before.`;
  process.stdout.write(
    `${host.config.host} works for ${name === 'any' ? "whichever bot's database comes first" : name}. ${was} Start the agent again.\n`,
  );
}

interface EnrollOptions {
  readonly from: string;
  readonly token: string;
  readonly host: string;
  readonly directory: string;
}

async function runEnroll({ from, token, host, directory }: EnrollOptions): Promise<void> {
  const [{ enrollHost }, { text }] = await Promise.all([
    import('../setup/enroll-host.ts'),
    import('node:stream/consumers'),
  ]);
  const said = token === '-' ? await text(process.stdin) : token;
  const { files, fingerprint } = await enrollHost({ url: from, token: said, host, directory });
  process.stdout.write(
    `${host} is enrolled: ${files.join(', ')}\nSHA-256 of its certificate, which the other side has printed too: ${fingerprint}\n` +
      `Next: aurora-chatops agent check --config ${directory}/agent.yaml\n`,
  );
}

async function runVerifyAudit(directory: string): Promise<void> {
  const { verifyAuditLog } = await import('../agent/verify-audit.ts');
  const report = await verifyAuditLog(directory);
  for (const problem of report.problems) process.stdout.write(`${escaped(problem)}\n`);
  const from = report.startsInTheMiddle ? ' Earlier files were rotated away.' : '';
  const torn = report.torn > 0 ? ` ${report.torn} line(s) were cut off by a crash.` : '';
  process.stdout.write(
    `${report.problems.length === 0 ? 'Whole' : 'Broken'}: ${report.entries} entries in ${report.files} file(s).${from}${torn}\n` +
      `Head ${report.head}: compare it with the last one that the agent has logged or you have kept.\n`,
  );
  if (report.problems.length > 0 || report.files === 0) process.exitCode = 1;
}
