/**
 * What the hosts of a drill are: processes of this machine, or namespaces of it with a systemd each. Everything that
 * differs between the two stands behind this; the story, the bot and the tally do not know which they have.
 */
import type { ChildProcess } from 'node:child_process';
import type { Effect } from '../../pretend-aurora/host/effect.ts';
import type { Traffic } from '../../pretend-aurora/host/traffic.ts';
import type { HostAddress } from '../world/addresses.ts';
import type { SupervisedProgram } from '../world/supervisor.ts';

export const hostKinds = ['processes', 'namespaces'] as const;
export type HostKind = (typeof hostKinds)[number];

export interface DrillHost {
  readonly name: string;
  /** What belongs to its scheduler lies here, see `hostPaths`. */
  readonly directory: string;
  readonly address: HostAddress;
}

/** A host that was started, as somebody sees it who stands beside it. */
export interface RunningHost extends DrillHost {
  /** Where the drill finds the host's files; they may be looked at whether it has power or not. */
  readonly paths: {
    readonly log: string;
    readonly backups: string;
    readonly flags: string;
    /** Held copies of its agent. */
    readonly held: string;
  };
  isSchedulerRunning(): Promise<boolean>;
  readTraffic(): Promise<Traffic>;
  /** What was done to it, oldest first, told by what did it and never by bot or agent. Throws when it cannot be told. */
  readEffects(): Promise<readonly Effect[]>;
  /** `null` for processes of this machine, which have no power and no network of their own to lose. */
  readonly machine: HostMachine | null;
}

interface HostMachine {
  /** A path of the host as this process may open it, while it has power. */
  file(path: string): string;
  /** Runs a command on it to its end. */
  run(...argv: readonly string[]): Promise<{ readonly code: number; readonly stdout: string }>;
  /** Starts a command on it that goes on. */
  start(argv: readonly string[]): ChildProcess;
  cutOff(): void;
  heal(): void;
  cutPower(): Promise<void>;
  boot(): Promise<void>;
}

/** What an agent's configuration needs to know of the rest of the drill. */
export interface InstallWorld {
  /** Of the bot's grants. */
  readonly publicKey: string;
  readonly auroraVersion: string;
  /** File with whose signatures are required, on this machine; `null` where nobody's are. */
  readonly roster: string | null;
}

/** The hosts of one drill, in the order in which it needs them. */
export interface DrillHosts {
  readonly kind: HostKind;
  /** Where the hosts find what this machine runs for all of them: ZooKeeper and the Mesos master. */
  readonly machineAddress: string;
  /** Where a host finds its own directory; the same place when it is a process of this machine. */
  readonly installedAt: string | null;
  /** Paths of what the bot shows its agents; `null` when they speak plainly, over loopback. */
  readonly agentTls: { readonly ca: string; readonly cert: string; readonly key: string } | null;
  findAddresses(count: number): Promise<readonly HostAddress[]>;
  /** Writes what a host has besides its scene: the configuration of its agent, and how its scheduler is started. */
  install(host: DrillHost, world: InstallWorld): Promise<void> | void;
  /** `fresh`: for the first time, in a new drill. */
  start(hosts: readonly DrillHost[], fresh: boolean): Promise<readonly RunningHost[]>;
  /** Answers when all of them listen. */
  startAgents(hosts: readonly DrillHost[]): Promise<readonly SupervisedProgram[]>;
  /** Ends everything that was started, whatever state it is in; may be asked twice. */
  stop(): Promise<void>;
}
