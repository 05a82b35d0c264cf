/** Everything a bot wants to see of this host, in one look. */
import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { backupNamePattern } from '../aurora/backups.ts';
import type { HostStatus } from '../aurora/hosts.ts';
import type { AgentConfig } from './config.ts';
import { listSetAside, readLogDirectory, setAsidePath } from './files/log-directory.ts';
import { inDirectory, listNames, namesMax } from './files/pinned.ts';
import { lookAtRoom } from './files/room.ts';
import { findHostFaults } from './flags/host-faults.ts';
import { withoutSecrets } from './flags/without-secrets.ts';
import { lookAtPaths } from './host-paths.ts';
import type { OperationTools } from './operations/operation.ts';
import { nobodyAsked, type People } from './people/people.ts';
import { readLeaderHealth, readVars } from './scheduler-pages.ts';
import { lookAtProcess, lookAtScheduler } from './scheduler-presence.ts';

/** Throws AuroraError when a driver cannot tell: a status that guesses would be worse than none. */
export async function readHostStatus(
  { tools, people }: { tools: OperationTools; people: People | null },
  agentVersion: string,
): Promise<HostStatus> {
  const { config, clock, service, traffic, flags, recoveryTool } = tools;
  const { paths } = config;
  const page = { host: config.scheduler.httpAddress, port: config.scheduler.httpPort };
  const [scheduler, log, flagFile, trafficState, mesosLog, disk, backupDir, vars, leaderHealth, ownPaths] =
    await Promise.all([
      lookAtScheduler(config, service).then(async (seen) => ({
        ...seen,
        ...(await lookAtProcess(config, seen.pid)),
      })),
      readLogDirectory(paths.log),
      flags.read(),
      traffic.status(),
      isFile(paths.mesosLog),
      lookAtDisk(paths),
      lookAtBackupDir(paths.backups),
      readVars(page),
      readLeaderHealth(page),
      lookAtPaths(paths),
    ]);
  return {
    host: config.host,
    agentVersion,
    auroraVersion: config.auroraVersion,
    clockMs: clock.now(),
    scheduler,
    log: { exists: log !== null, files: log?.files ?? 0, bytes: log?.bytes ?? 0 },
    setAsideLogs: await readSetAsideLogs(paths.log),
    flags: {
      sha256: flagFile.sha256,
      values: withoutSecrets(flagFile.values),
      faults: await findHostFaults(config, flagFile.values),
    },
    traffic: trafficState.state,
    mesosLog: { present: mesosLog },
    recoveryTool: { present: (await recoveryTool?.isPresent()) ?? false },
    disk,
    paths: ownPaths,
    configured: {
      cluster: config.cluster,
      httpPort: config.scheduler.httpPort,
      libprocess: config.scheduler.libprocess,
    },
    authentication: { credentials: config.scheduler.credentials !== undefined },
    people: (await people?.status()) ?? nobodyAsked,
    backupDir: { path: paths.backups, ...backupDir },
    vars,
    leaderHealth,
  };
}

/** A directory around the log that cannot be read is told by its own part of the status. */
async function readSetAsideLogs(log: string): Promise<NonNullable<HostStatus['setAsideLogs']>> {
  const restoreIds = await listSetAside(log).catch(() => []);
  const logs = await Promise.all(
    restoreIds.map(async (restoreId) => ({
      restoreId,
      directory: await readLogDirectory(setAsidePath(log, restoreId)).catch(() => null),
    })),
  );
  return logs.flatMap(({ restoreId, directory }) =>
    directory === null ? [] : [{ restoreId, files: directory.files, bytes: directory.bytes }],
  );
}

/** Whether it may be executed is the initializer's to find out: it may run as another account, or by an interpreter. */
async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() === true;
}

/** A directory that is not there, or not readable, is told by other parts of the status; here it is left out. */
async function lookAtDisk(paths: AgentConfig['paths']): Promise<HostStatus['disk']> {
  const [fileSystems, freeBytes, backups, held] = await Promise.all([
    lookAtRoom(paths),
    readFreeBytes(dirname(paths.log)),
    readFreeBytes(paths.backups).catch(() => null),
    readFreeBytes(paths.state).catch(() => null),
  ]);
  return {
    freeBytes,
    fileSystems,
    ...(backups !== null && { backupsFreeBytes: backups }),
    ...(held !== null && { heldFreeBytes: held }),
  };
}

async function readFreeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}

async function lookAtBackupDir(path: string): Promise<{ writable: boolean; files: number }> {
  const found = await inDirectory(path, (directory) => listNames(directory, namesMax)).catch(() => null);
  if (found === null) return { writable: false, files: 0 };
  return {
    writable: await allows(path, constants.W_OK | constants.X_OK),
    files: found.names.filter((name) => backupNamePattern.test(name)).length,
  };
}

function allows(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
