/**
 * `drill --story prove`: while the cluster runs, one of its hosts proves a good backup and refutes misleading ones, with the packaged
 * units. What that left on the host and did to the cluster is counted from outside.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AuroraError } from '../../aurora/errors.ts';
import { type BackupProof, backupProofSchema } from '../../aurora/proof.ts';
import type { HostKind, RunningHost } from '../hosts/drill-hosts.ts';
import { onHost } from '../namespaces/host-places.ts';
import type { DrillWorld } from '../world/world.ts';
import { differences, readCluster } from './touched.ts';
import { findLeftBehind, readTraces } from './traces.ts';

export interface ProveResult {
  readonly story: 'prove';
  readonly host: string;
  readonly proofs: readonly (Pick<BackupProof, 'verdict' | 'says' | 'tasks' | 'tookMs'> & {
    /** `good`, or which of the misleading ones. */
    readonly backup: string;
  })[];
  readonly proven: number;
  readonly refuted: number;
  /** Processes, mounts, namespaces, units and files that are there since. */
  readonly leftBehind: number;
  /** Things of the running cluster that are not as before. */
  readonly clusterTouched: number;
}

/** Recorded ones, which a real scheduler takes with OK, or says no to: the same bytes as in test/fixtures/backups/odd. */
const misleading = join(import.meta.dirname, 'misleading');

/** Needs hosts with a systemd; `print` gets a line for each proof, as it ends. */
export async function playProofs(
  world: DrillWorld,
  { print }: { print: (text: string) => void },
): Promise<{ result: ProveResult; problems: readonly string[] }> {
  const [host] = world.hosts;
  const machine = host?.machine;
  if (host === undefined || machine == null) {
    throw new Error('a proof needs a host with a systemd of its own');
  }
  const backups = ['good', ...readdirSync(misleading).sort()];
  // Older than every backup of the host, whose newest whole one is the good one.
  const nameOf = (index: number): string => `scheduler-backup-2020-01-01-00-0${index}`;
  for (const [index, backup] of backups.entries()) {
    if (index === 0) continue;
    writeFileSync(join(host.paths.backups, nameOf(index)), readFileSync(join(misleading, backup)));
  }
  const before = { cluster: await readCluster(world), traces: await readTraces(machine) };
  const proofs: ProveResult['proofs'][number][] = [];
  for (const [index, backup] of backups.entries()) {
    const { verdict, says, tasks, tookMs } = await proveOn(machine, index === 0 ? [] : [nameOf(index)]);
    proofs.push({ backup, verdict, says, tasks, tookMs });
    print(`${host.name}, ${backup}: ${verdict}. ${says}`);
  }
  const left = await findLeftBehind(before.traces, { read: () => readTraces(machine), clock: world.clock });
  const touched = differences(before.cluster, await readCluster(world));
  const count = (wanted: BackupProof['verdict']): number =>
    proofs.filter(({ verdict }) => verdict === wanted).length;
  return {
    result: {
      ...{ story: 'prove', host: host.name, proofs },
      ...{ proven: count('proven'), refuted: count('refuted') },
      ...{ leftBehind: left.length, clusterTouched: touched.length },
    },
    problems: [
      ...proofs
        .filter(({ backup, verdict }) => verdict !== (backup === 'good' ? 'proven' : 'refuted'))
        .map(({ backup, verdict, says }) => `${backup} is ${verdict}: ${says}`),
      ...left.map((trace) => `Left behind: ${trace}`),
      ...touched.map((change) => `Touched: ${change}`),
    ],
  };
}

/** As an administrator would, at a terminal of the host. */
async function proveOn(
  machine: NonNullable<RunningHost['machine']>,
  name: readonly string[],
): Promise<BackupProof> {
  const config = `${onHost.agentConfig}/agent.yaml`;
  const argv = ['aurora-chatops', 'agent', 'prove', '--json', '--config', config, ...name];
  // With nothing of this drill's own environment.
  const child = machine.start(['/usr/bin/env', '-i', 'PATH=/usr/local/bin:/usr/sbin:/usr/bin', ...argv]);
  let said = '';
  for await (const chunk of child.stdout ?? []) said += z.instanceof(Buffer).parse(chunk).toString();
  const line = said.trim().split('\n').at(-1) ?? '';
  if (line === '') throw noAnswer();
  return backupProofSchema.parse(JSON.parse(line));
}

/** Before anything is started. Throws AuroraError `story-needs-namespaces`. */
export function refuseOtherHosts(kind: HostKind): void {
  if (kind === 'namespaces') return;
  throw new AuroraError({
    code: 'story-needs-namespaces',
    message: 'The story prove needs hosts with a systemd of their own.',
    hint: 'Play it with --hosts namespaces, as root.',
  });
}

function noAnswer(): AuroraError {
  return new AuroraError({
    code: 'drill-no-proof',
    message: 'A proof on a host of this drill ended without an answer.',
    hint: 'What it said stands above; the journal of the host has more.',
  });
}
