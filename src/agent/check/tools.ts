import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { OperationTools } from '../operations/operation.ts';
import { type Finding, ok, problem } from './finding.ts';

/** The programs that a restore runs; those that another program starts need only be there. */
export async function checkTools({
  config: { paths, drivers },
}: OperationTools): Promise<readonly Finding[]> {
  const { service, traffic, initializeLog, recoveryTool } = drivers;
  const present: [string, string][] = [
    ['paths.mesosLog', paths.mesosLog],
    ...(recoveryTool === undefined
      ? []
      : [['drivers.recoveryTool.program', recoveryTool.program] satisfies [string, string]]),
  ];
  const executable: [string, string | undefined][] = [
    ['drivers.initializeLog.argv', initializeLog.argv[0]],
    ...(recoveryTool === undefined
      ? []
      : [['drivers.recoveryTool.argv', recoveryTool.argv[0]] satisfies [string, string | undefined]]),
  ];
  if (service.kind === 'systemd') executable.push(['drivers.service.systemctl', service.systemctl]);
  if (service.kind === 'supervisor')
    executable.push(['drivers.service.supervisorctl', service.supervisorctl]);
  if (traffic.kind === 'nftables') executable.push(['drivers.traffic.nft', traffic.nft]);
  const findings = await Promise.all([
    ...present.map(([key, path]) => checkProgram(key, path, constants.F_OK)),
    ...executable.map(([key, path]) => checkProgram(key, path ?? '', constants.X_OK)),
  ]);
  const asRoot = initializeLog.argv[0] === paths.mesosLog;
  return [
    ...findings,
    ...(asRoot
      ? [
          problem(
            'mesos-log would run as root, and the scheduler could not open the log it makes.',
            "Put a change to the scheduler's account in front: [/usr/sbin/runuser, -u, aurora, --, …].",
          ),
        ]
      : []),
  ];
}

async function checkProgram(key: string, path: string, mode: number): Promise<Finding> {
  const hint = `Install it, or correct ${key} in the configuration of the agent.`;
  if (!isAbsolute(path)) return problem(`${path || 'Nothing'} is no absolute path.`, hint);
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isFile()) return problem(`${path} is not there.`, hint);
  const fine = await access(path, mode).then(
    () => true,
    () => false,
  );
  return fine ? ok(`${path} is there.`) : problem(`${path} cannot be executed.`, hint);
}
