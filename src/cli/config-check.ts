import type { Command } from 'commander';
import type { Policy } from '../aurora/cluster.ts';
import { escapedLines } from '../aurora/printable.ts';
import { systemClock } from '../aurora/system-clock.ts';
import { readGrantKey } from './bot-store.ts';
import { type BotConfig, readBotConfig, readBotConfigLines } from './config.ts';
import { formatDuration } from './duration.ts';
import { checkFiles } from './file-check.ts';
import { checkLive } from './live-check.ts';
import type { LiveFinding } from './live-finding.ts';
import { checkRoster, type RosterFinding } from './roster-check.ts';

/** `config check`: validates the file and prints the policy that will be in force, or what a restore would find now. */
export function registerConfig(program: Command): void {
  const config = program.command('config').description('look at the configuration of the bot');
  config
    .command('public-key')
    .description("print the public half of the bot's grant key, for trust.publicKeys of every agent")
    .requiredOption('--config <file>', "the bot's configuration (YAML)")
    .action(async (options: { config: string }) => {
      const { grantKey } = await readBotConfig(options.config);
      const { createGrantSigner } = await import('../agent/grant-signer.ts');
      process.stdout.write(`${createGrantSigner(await readGrantKey(grantKey)).publicKey}\n`);
    });
  config
    .command('check')
    .description('validate the configuration and print the effective policy per cluster')
    .requiredOption('--config <file>', "the bot's configuration (YAML)")
    .option('--json', 'print the effective configuration as JSON; with --live the findings, one a line')
    .option(
      '--live',
      'ask Slack whether it takes the bot, and agents, ZooKeeper and Mesos what step 1 of a restore would; exit 1 when one refuses',
    )
    .action(async (options: { config: string; json?: true; live?: true }) => {
      const { config, lineOf } = await readBotConfigLines(options.config);
      const files = await checkFiles(config, options.config);
      if (options.live === true) {
        const findings = [
          ...files,
          ...(await checkLive(config, { clock: systemClock, env: process.env, lineOf })),
        ];
        for (const finding of findings)
          process.stdout.write(
            escapedLines(options.json === true ? `${JSON.stringify(finding)}\n` : describeFinding(finding)),
          );
        if (findings.some(({ verdict }) => verdict === 'refuse')) process.exitCode = 1;
        return;
      }
      const roster = await checkRoster(config, systemClock.now());
      process.stdout.write(
        options.json === true
          ? `${JSON.stringify(config, null, 2)}\n`
          : `${describeConfig(config)}${roster.map(describeRoster).join('')}`,
      );
      const refused = roster.filter(({ verdict }) => verdict === 'refuse');
      // Whoever reads JSON is told beside it.
      if (options.json === true) process.stderr.write(refused.map(describeRoster).join(''));
      for (const finding of files) process.stderr.write(describeFinding(finding));
      if (files.length > 0 || refused.length > 0) process.exitCode = 1;
    });
}

function describeFinding({ cluster, verdict, hosts, message, hint, line }: LiveFinding): string {
  const where = [
    cluster ?? 'bot',
    ...(hosts.length === 0 ? [] : [hosts.join(', ')]),
    ...(line === undefined ? [] : [`(line ${line})`]),
  ].join(' ');
  return `${verdict.padEnd(6)} ${where}: ${message}\n${hint === '' ? '' : `${' '.repeat(7)}${hint}\n`}`;
}

function describeRoster({ verdict, message, hint }: RosterFinding): string {
  return describeFinding({ cluster: null, name: 'roster of keys', hosts: [], verdict, message, hint });
}

function describeConfig(config: BotConfig): string {
  return config.clusters
    .map(
      (cluster) =>
        `${cluster.name} (Aurora ${cluster.auroraVersion}, ${cluster.hosts.length} hosts, channel ${cluster.channel}, ${cluster.procedure ?? 'staged'} procedure)\n${describePolicy(cluster.policy)}`,
    )
    .join('\n');
}

const signatureLines = {
  observe:
    'people are asked to sign with keys of their own; a sign-off without counts, and the thread says so',
  require: 'every sign-off, going back and letting it reconcile is signed with a key of the roster',
} as const;

/** The rules in words, one a line. */
function describePolicy(policy: Policy): string {
  const sources = [
    ...(policy.approvers.length > 0 ? [`the people ${policy.approvers.join(', ')}`] : []),
    ...policy.approverGroups.map((group) => `everybody in the user group ${group}`),
  ];
  const lines = [
    `approvers: ${sources.join(' and ')}`,
    `stop the schedulers: ${policy.stopSigners} approver(s), never the requester`,
    `commit: ${policy.commitSigners} distinct people, ${policy.requesterCounts ? 'the requester may be one of them' : 'none of them the requester'}`,
    `a sign-off lives ${formatDuration(policy.signOffTtlMs)}; the commit follows within ${formatDuration(policy.commitWindowMs)} of the last one`,
    `a backup older than ${formatDuration(policy.oldBackupMs)} needs one more person at both gates`,
    `${policy.release === 'people' ? 'the second look waits until somebody decides' : `the second look continues by itself after ${formatDuration(policy.secondLookMs)}`}, and then ${policy.reconciliation === 'timers' ? "the schedulers' own timers reconcile" : 'both reconciliations are asked for where the release can'}`,
    ...(policy.escalation === undefined
      ? ['nobody else is called when nobody answers: set escalation to change that']
      : [
          `when nobody answers for ${formatDuration(policy.escalation.afterMs)}: ${[policy.escalation.group, policy.escalation.channel].filter((each) => each !== undefined).join(' is called in ')}`,
        ]),
    ...(policy.signatures === undefined ? [] : [signatureLines[policy.signatures]]),
  ];
  return lines.map((line) => `  - ${line}\n`).join('');
}
