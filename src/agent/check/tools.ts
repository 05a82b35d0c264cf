import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { iptablesPrograms } from '../drivers/iptables.ts';
import type { OperationTools } from '../operations/operation.ts';
import { type Finding, ok, problem } from './finding.ts';

/** The programs that a restore runs; those that another program starts need only be there. */
export async function checkTools(tools: OperationTools): Promise<readonly Finding[]> {
  const { paths, drivers } = tools.config;
  const { service, traffic, initializeLog, recoveryTool } = drivers;
  const needed: Needed[] = [
    { key: 'paths.mesosLog', path: paths.mesosLog, mode: constants.F_OK },
    { key: 'drivers.initializeLog.argv', path: initializeLog.argv[0] ?? '', mode: constants.X_OK },
  ];
  if (recoveryTool !== undefined) {
    needed.push(
      { key: 'drivers.recoveryTool.program', path: recoveryTool.program, mode: constants.F_OK },
      { key: 'drivers.recoveryTool.argv', path: recoveryTool.argv[0] ?? '', mode: constants.X_OK },
    );
  }
  if (service.kind === 'systemd')
    needed.push({ key: 'drivers.service.systemctl', path: service.systemctl, mode: constants.X_OK });
  if (service.kind === 'supervisor')
    needed.push({ key: 'drivers.service.supervisorctl', path: service.supervisorctl, mode: constants.X_OK });
  if (service.kind === 'upstart')
    needed.push({ key: 'drivers.service.initctl', path: service.initctl, mode: constants.X_OK });
  if (traffic.kind === 'nftables')
    needed.push({ key: 'drivers.traffic.nft', path: traffic.nft, mode: constants.X_OK });
  if (traffic.kind === 'iptables') {
    needed.push(
      ...iptablesPrograms(traffic).map((path) => ({
        key: 'drivers.traffic.directory',
        path,
        mode: constants.X_OK,
      })),
    );
  }
  const byPath = Object.groupBy(needed, ({ path }) => path);
  return [
    ...(await Promise.all(Object.entries(byPath).map(([path, wants = []]) => checkProgram(path, wants)))),
    ...(await checkAccounts(tools)),
  ];
}

/** A log that root makes cannot be opened by a scheduler of another account. */
async function checkAccounts(tools: OperationTools): Promise<readonly Finding[]> {
  const { paths, drivers } = tools.config;
  const { initializeLog, recoveryTool } = drivers;
  const asRoot = [
    ...(initializeLog.argv[0] === paths.mesosLog ? ['mesos-log'] : []),
    ...(recoveryTool !== undefined && recoveryTool.argv[0] === recoveryTool.program
      ? ['The recovery tool']
      : []),
  ];
  if (asRoot.length === 0 || (await isSchedulerRoot(tools))) return [];
  return asRoot.map((program) =>
    problem(
      `${program} would run as root, and the scheduler could not open the log it makes.`,
      "Put a switch to the scheduler's account in front: [/usr/sbin/runuser, -u, aurora, --, …].",
    ),
  );
}

/** By its process; while none runs, by whose its log is. */
async function isSchedulerRoot({ config, service }: OperationTools): Promise<boolean> {
  const { pid } = await service.status().catch(() => ({ pid: null }));
  const owned =
    (pid === null ? null : await stat(`/proc/${pid}`).catch(() => null)) ??
    (await stat(config.paths.log).catch(() => null));
  return owned?.uid === 0;
}

/** One program under one or more keys of the configuration; the most that any of them needs of it. */
interface Needed {
  readonly key: string;
  readonly path: string;
  readonly mode: number;
}

async function checkProgram(path: string, wants: readonly Needed[]): Promise<Finding> {
  const mode = Math.max(...wants.map((want) => want.mode));
  const hint = `Install it, or correct ${wants.map(({ key }) => key).join(' and ')} in the configuration of the agent.`;
  if (!isAbsolute(path)) return problem(`${path || 'Nothing'} is not an absolute path.`, hint);
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isFile()) return problem(`${path} does not exist.`, hint);
  const fine = await access(path, mode).then(
    () => true,
    () => false,
  );
  return fine ? ok(`${path} is there.`) : problem(`${path} cannot be executed.`, hint);
}
