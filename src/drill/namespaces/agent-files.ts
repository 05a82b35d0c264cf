/** An agent as docs/agent.md says one is set up: its configuration, certificates, and the packaged unit. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { releaseOf } from '../../aurora/releases.ts';
import type { DrillHost, InstallWorld } from '../hosts/drill-hosts.ts';
import { drillCluster } from '../world/config-files.ts';
import { mainProgram } from '../world/main-program.ts';
import type { Authority } from './certificates.ts';
import { directoriesOf, onHost, schedulerUnit } from './host-places.ts';
import { placeOnHost, programOnHost } from './program-on-host.ts';

const asScheduler = ['/usr/sbin/runuser', '-u', 'aurora', '--'];

/** Writes agent.yaml and the certificate that is issued for the host's address. */
export async function writeAgentFiles(
  host: DrillHost,
  world: InstallWorld,
  authority: Authority,
): Promise<void> {
  const directory = directoriesOf(host)[onHost.agentConfig];
  mkdirSync(directory, { recursive: true });
  const issued = await authority.issue(host.name, { for: 'server', names: [host.address.ip] });
  const tls = copyInto(directory, {
    cert: issued.certPath,
    key: issued.keyPath,
    clientCa: authority.certPath,
  });
  if (world.roster !== null) copyFileSync(world.roster, join(directory, 'people.yaml'));
  writeFileSync(join(directory, 'agent.yaml'), agentConfig(host, world, tls), { mode: 0o600 });
}

/** The command that the packaged unit starts. */
export const agentCommand = `#!/bin/sh\nexec ${onHost.node} ${placeOnHost(mainProgram())} "$@"\n`;

function agentConfig(host: DrillHost, world: InstallWorld, tls: Record<string, string>): string {
  const { ip, httpPort, libprocessPort, agentPort } = host.address;
  const effects = `${onHost.home}/effects.jsonl`;
  return stringify({
    host: host.name,
    cluster: drillCluster,
    listen: `${ip}:${agentPort}`,
    tls,
    auroraVersion: world.auroraVersion,
    trust: { publicKeys: [world.publicKey] },
    ...(world.roster !== null && {
      people: { mode: 'require', roster: `${onHost.agentConfig}/people.yaml` },
    }),
    scheduler: { httpAddress: ip, httpPort, libprocess: `${ip}:${libprocessPort}` },
    paths: {
      log: `${onHost.home}/db`,
      backups: `${onHost.home}/backups`,
      flags: onHost.flags,
      state: onHost.agentState,
      mesosLog: programOnHost('mesos-log')[1],
    },
    drivers: {
      service: { kind: 'systemd', unit: schedulerUnit },
      traffic: { kind: 'nftables' },
      flags: { kind: 'shell-variables' },
      initializeLog: {
        kind: 'command',
        argv: [
          ...asScheduler,
          ...programOnHost('mesos-log'),
          `--drill-effects=${effects}`,
          'initialize',
          '--path={path}',
        ],
      },
      ...(releaseOf(world.auroraVersion).recoveryTool && {
        recoveryTool: {
          kind: 'command',
          program: programOnHost('recovery-tool')[1],
          argv: [
            ...asScheduler,
            ...programOnHost('recovery-tool'),
            `--drill-host=${onHost.home}`,
            '-from=BACKUP',
            '-to=LOG',
            '-backup={backup}',
            '{flags}',
          ],
        },
      }),
    },
    prove: proveOf(world.auroraVersion),
    bounds: { pollMs: 50, settleMs: 1_000, answerMs: 10_000, commitMs: 3_000 },
  });
}

/** How proofs start this Aurora, by itself. */
function proveOf(auroraVersion: string): object {
  const alone = (program: string): string[] => [...programOnHost('alone'), program, auroraVersion];
  return {
    scheduler: { argv: [...alone('scheduler'), '{flags}'] },
    initializeLog: { argv: [...alone('mesos-log'), 'initialize', '--path={path}'] },
    aliveSeconds: 1,
    memoryMib: 512,
  };
}

/** Files of this machine, by the key that names them; answers where the host finds each. */
function copyInto(directory: string, files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([key, path]) => {
      const name = `${key}.pem`;
      copyFileSync(path, join(directory, name));
      return [key, `${onHost.agentConfig}/${name}`];
    }),
  );
}
