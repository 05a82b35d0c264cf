/** What the machine under the agent is: its kernel, libc and init, and what is missing there. */
import { existsSync } from 'node:fs';
import { release } from 'node:os';
import { tellsMountIds } from '../files/mounts.ts';
import { readSmall } from '../files/plain-file.ts';
import type { OperationTools } from '../operations/operation.ts';
import { readSystemdVersion } from '../systemd-version.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

/** As it was read; `null` for what is not there or does not tell. */
export interface Machine {
  /** As `uname -r` prints it. */
  readonly kernel: string;
  /** Of this Node, which may have brought its own. */
  readonly glibc: string | null;
  readonly systemd: number | null;
  /** systemd is the first process of this host, and not only installed. */
  readonly systemdRuns: boolean;
  readonly tellsMountIds: boolean;
  /** The text of the agent's own unit. */
  readonly unit: string | null;
}

const agentUnit = '/etc/systemd/system/aurora-chatops-agent.service';
const unitBytesMax = 64 * 1024;

export async function checkMachine({ config }: OperationTools): Promise<readonly Finding[]> {
  const { service } = config.drivers;
  const systemctl = service.kind === 'systemd' ? service.systemctl : 'systemctl';
  const machine: Machine = {
    kernel: release(),
    glibc: glibcOfThisNode(),
    systemd: await readSystemdVersion(systemctl),
    systemdRuns: existsSync('/run/systemd/system'),
    tellsMountIds: await tellsMountIds(),
    unit: await readSmall(agentUnit, unitBytesMax).catch(() => null),
  };
  return judgeMachine(machine, service.kind);
}

/** CentOS 7 has 3.10, the oldest of the hosts that Aurora was packaged for and still packaged with a libprocess of its time. */
const kernelMin = { major: 3, minor: 10 };
/** The first that knows `@system-service`. */
const systemdOfUnit = 239;

export function judgeMachine(machine: Machine, service: string): readonly Finding[] {
  const { kernel, glibc, systemd } = machine;
  const parts = [
    `Linux ${kernel}`,
    glibc === null ? null : `glibc ${glibc}`,
    systemd === null ? 'no systemd' : `systemd ${systemd}`,
  ];
  const findings: Finding[] = [ok(`This machine has ${parts.filter((part) => part !== null).join(', ')}.`)];
  const [major = 0, minor = 0] = kernel.split('.').map((part) => Number.parseInt(part, 10));
  if (major < kernelMin.major || (major === kernelMin.major && minor < kernelMin.minor)) {
    findings.push(
      problem(
        `Linux ${kernel} is older than 3.10, and the agent relies on what came until then.`,
        'Move the scheduler to a newer host, or restore this one by hand.',
      ),
    );
  }
  if (!machine.tellsMountIds) {
    findings.push(ok('This kernel tells no mount ids (Linux 3.15 does): mounts are told by their paths.'));
  }
  if (systemd !== null && systemd < systemdOfUnit && machine.unit?.includes('@system-service')) {
    findings.push(
      problem(
        `systemd ${systemd} does not know @system-service of ${agentUnit}: the kernel kills the agent with SIGSYS.`,
        'Install packaging/aurora-chatops-agent.old-systemd.service in its place.',
      ),
    );
  }
  if (machine.systemdRuns && (service === 'sysvinit' || service === 'upstart')) {
    findings.push(
      warning(
        `systemd runs this host, and drivers.service is ${service}: a start by systemd goes past the hold.`,
        'Set drivers.service: { kind: systemd, unit: NAME.service }; systemd makes a unit of each script of /etc/init.d.',
      ),
    );
  }
  return findings;
}

function glibcOfThisNode(): string | null {
  // Otherwise it looks names up for every open connection; Node's types do not know it yet.
  Object.assign(process.report, { excludeNetwork: true });
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime ?? null;
}
