import { mayHaveFlag } from '../../aurora/flag-lifetimes.ts';
import { judgeFlags } from '../../aurora/judge-flags.ts';
import { samePath } from '../../aurora/paths.ts';
import { releaseOf } from '../../aurora/releases.ts';
import { whyUnmovable } from '../files/movable.ts';
import type { FlagChanges } from '../flags/flag-grammar.ts';
import { judgeNamedFiles } from '../flags/named-files.ts';
import type { OperationTools } from '../operations/operation.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

/** The flag file is understood, fits the configuration and the release, and takes the flags of a restore. */
export async function checkFlags({ config, flags }: OperationTools): Promise<readonly Finding[]> {
  const { values } = await flags.read();
  const expected: Readonly<Record<string, string>> = {
    http_port: String(config.scheduler.httpPort),
    native_log_file_path: config.paths.log,
    backup_dir: config.paths.backups,
  };
  const findings: Finding[] = [
    ok(`${config.paths.flags} is understood: ${Object.keys(values).length} flags.`),
  ];
  for (const [name, wanted] of Object.entries(expected)) {
    const value = values[name];
    if (value === undefined || samePath(value, wanted)) continue;
    findings.push(
      problem(
        `The flag file has -${name}=${value}, and the agent is configured for ${wanted}.`,
        'Correct the configuration of the agent: it would work on the wrong files.',
      ),
    );
  }
  for (const { says, sure } of judgeFlags(config.auroraVersion, values)) {
    findings.push(
      sure
        ? problem(says, 'Correct the flag, or auroraVersion in the configurations of agent and bot.')
        : warning(says, 'Check that the class is on the class path of the scheduler.'),
    );
  }
  const obstacle = await whyUnmovable(config.paths.flags);
  if (obstacle !== null)
    findings.push(
      problem(`${config.paths.flags} ${obstacle.why}, so it cannot be replaced.`, obstacle.remedy),
    );
  for (const { says } of await judgeNamedFiles(config, values)) {
    findings.push(problem(says, 'Correct the flag, or put the file in place: a scheduler ends without it.'));
  }
  await flags.rehearse(restoreFlags(config.auroraVersion));
  findings.push(ok('The flags of a restore can be set in it.'));
  return findings;
}

/** Of the kind that a restore sets: a value in place of another, and new ones. */
function restoreFlags(auroraVersion: string): FlagChanges {
  const later = 'reconciliation_initial_delay';
  return {
    mesos_master_address: 'zk://localhost:1111/mesos/master',
    max_registration_delay: '360mins',
    ...(mayHaveFlag(releaseOf(auroraVersion).minor, later) ? { [later]: '365days' } : {}),
  };
}
