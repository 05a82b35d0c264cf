import { access, constants } from 'node:fs/promises';
import type { OperationTools } from '../operations/operation.ts';
import { buildJob, waysOf, whyNotAs } from '../prove/build-job.ts';
import { isolationOf } from '../prove/open-prover.ts';
import { type Finding, ok, warning } from './finding.ts';

/** Whether a backup could be given to a scheduler here. A restore does not depend on it. */
export async function checkProve({ config, flags }: OperationTools): Promise<readonly Finding[]> {
  const { prove } = config;
  if (prove === undefined) {
    return [ok('Backups are not proven on this host; docs/prove.md says how to switch that on.')];
  }
  const hint = 'Fix it, or take prove out of the configuration; docs/prove.md has what a proof needs.';
  const why = (await isolationOf(prove).whyNot()) ?? (await whyNotAs(prove.account));
  if (why !== null) return [warning(`No backup can be proven on this host. ${why}`, hint)];
  const { values } = await flags.read();
  const backup = { name: 'scheduler-backup-2026-01-01-00-00', bytes: 0, sha256: '0'.repeat(64) };
  const job = await buildJob(config, prove, { ways: waysOf(config, prove), backup, hostFlags: values });
  const programs = [
    job.scheduler,
    job.initializeLog,
    ...(job.recoveryTool === null ? [] : [job.recoveryTool]),
  ];
  const missing: string[] = [];
  for (const { argv } of programs) {
    const [program = ''] = argv;
    const there = await access(program, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (!there) missing.push(program);
  }
  if (missing.length > 0) {
    return [warning(`No backup can be proven on this host: ${missing.join(', ')} cannot be executed.`, hint)];
  }
  const when = prove.at === undefined ? 'on demand' : `every day at ${prove.at}`;
  return [ok(`Backups are proven ${when}, by Aurora ${config.auroraVersion} as ${prove.account}.`)];
}
