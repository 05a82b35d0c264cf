/** The configuration files of a drill: those of a real installation, with the pretend hosts' commands in the drivers. */
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Procedure } from '../../aurora/cluster.ts';
import { mayHaveFlag } from '../../aurora/flag-lifetimes.ts';
import { releaseOf } from '../../aurora/releases.ts';
import { compileCache } from '../../pretend-aurora/host/compile-cache.ts';
import { hostPaths } from '../../pretend-aurora/host/host-dir.ts';
import type { DrillHost, DrillHosts, InstallWorld } from '../hosts/drill-hosts.ts';
import { pageOf } from '../signing/key-ring.ts';
import { incidentChannel, oncallGroup } from './cast.ts';

export const drillCluster = 'east';

const programs = join(import.meta.dirname, '..', '..', 'pretend-aurora', 'programs');

/** How a program of the drill is run; the same Node that runs the drill. */
export function programOf(name: 'alone' | 'hostctl' | 'mesos-log' | 'recovery-tool' | 'scheduler'): string[] {
  const extension = import.meta.filename.endsWith('.ts') ? 'ts' : 'js';
  return [process.execPath, join(programs, `${name}.${extension}`)];
}

/** A Node for each look would be most of what a drill costs. */
const lookAt = (what: 'service' | 'traffic', host: DrillHost): string[] => [
  '/bin/sh',
  join(programs, 'hostctl-look.sh'),
  what,
  host.directory,
];

export function agentConfig(host: DrillHost, world: InstallWorld): string {
  const paths = hostPaths(host.directory);
  const { ip, httpPort, libprocessPort, agentPort } = host.address;
  // An agent gives a command nothing of its own environment.
  const compiledOnce = Object.entries(compileCache()).flatMap(([name, value]) => [
    '/usr/bin/env',
    `${name}=${value}`,
  ]);
  const hostctl = (command: string): string[] => [
    ...compiledOnce,
    ...programOf('hostctl'),
    '--host-dir',
    host.directory,
    command,
  ];
  return stringify({
    host: host.name,
    cluster: drillCluster,
    listen: `${ip}:${agentPort}`,
    auroraVersion: world.auroraVersion,
    trust: { publicKeys: [world.publicKey] },
    ...(world.roster !== null && { people: { mode: 'require', roster: world.roster } }),
    scheduler: { httpAddress: ip, httpPort, libprocess: `${ip}:${libprocessPort}` },
    paths: {
      log: paths.log,
      backups: paths.backups,
      flags: paths.flags,
      state: join(host.directory, 'agent'),
      mesosLog: programOf('mesos-log')[1],
    },
    drivers: {
      service: {
        kind: 'command',
        start: hostctl('start'),
        stop: hostctl('stop'),
        kill: hostctl('kill'),
        status: lookAt('service', host),
      },
      traffic: {
        kind: 'command',
        block: hostctl('block'),
        unblock: hostctl('unblock'),
        status: lookAt('traffic', host),
      },
      flags: { kind: 'flag-file' },
      initializeLog: {
        kind: 'command',
        argv: [...programOf('mesos-log'), `--drill-effects=${paths.effects}`, 'initialize', '--path={path}'],
      },
      ...(releaseOf(world.auroraVersion).recoveryTool && { recoveryTool: recoveryToolOf(host) }),
    },
    bounds: { pollMs: 50, answerMs: 10_000, commitMs: 3_000 },
  });
}

function recoveryToolOf(host: DrillHost): object {
  return {
    kind: 'command',
    program: programOf('recovery-tool')[1],
    argv: [
      ...programOf('recovery-tool'),
      `--drill-host=${host.directory}`,
      '-from=BACKUP',
      '-to=LOG',
      '-backup={backup}',
      '{flags}',
    ],
  };
}

/** Values of the bot's configuration that a drill has otherwise, by their names in docs/configuration.md. */
export interface ConfigOverrides {
  readonly policy?: Readonly<Record<string, string | number | boolean>>;
  readonly waits?: Readonly<Record<string, string>>;
}

export function botConfig(world: {
  auroraVersion: string;
  state: string;
  grantKey: string;
  hosts: readonly DrillHost[];
  agentTls: DrillHosts['agentTls'];
  zookeeper: string;
  mesosUrl: string;
  delivery: { mode: 'socket' } | { mode: 'http'; port: number };
  procedure?: Procedure | undefined;
  /** Absent where nobody signs with a key of their own. */
  signing?: { readonly roster: string; readonly pagePort: number };
  overrides?: ConfigOverrides | undefined;
}): string {
  const { minor } = releaseOf(world.auroraVersion);
  const { signing } = world;
  return stringify({
    state: world.state,
    grantKey: world.grantKey,
    slack: world.delivery,
    ...(signing !== undefined && {
      publicUrl: pageOf(signing.pagePort),
      people: {
        roster: signing.roster,
        ...(world.delivery.mode === 'socket' && { listen: `127.0.0.1:${signing.pagePort}` }),
      },
    }),
    ...(world.agentTls !== null && { agentTls: world.agentTls }),
    clusters: [
      {
        name: drillCluster,
        auroraVersion: world.auroraVersion,
        channel: incidentChannel.id,
        ...(world.procedure !== undefined && { procedure: world.procedure }),
        zookeeper: {
          servers: [world.zookeeper],
          serversetPath: `/aurora/${drillCluster}/scheduler`,
          logGroupPath: `/aurora/${drillCluster}/replicated-log`,
        },
        mesos: { masters: [world.mesosUrl] },
        hosts: world.hosts.map(({ name, address }) => ({
          name,
          agent: `${world.agentTls === null ? 'http' : 'https'}://${address.ip}:${address.agentPort}`,
          advertised: mayHaveFlag(minor, 'hostname') ? name : address.ip,
          httpPort: address.httpPort,
          libprocess: `${address.ip}:${address.libprocessPort}`,
        })),
        policy: {
          approverGroups: [oncallGroup.id],
          approvers: [],
          ...(signing !== undefined && { signatures: 'require' }),
          ...world.overrides?.policy,
        },
        // A drill is about its restore; alarms about a world of minutes would only stand between its messages.
        watch: { off: true },
        waits: {
          poll: '300ms',
          stopGrace: '5s',
          logGroupEmpty: '20s',
          election: '40s',
          registration: '40s',
          soak: '8s',
          agentDeadline: '30s',
          ...world.overrides?.waits,
        },
      },
    ],
  });
}
