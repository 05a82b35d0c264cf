/** What Aurora's own files say of a cluster: `clusters.json` of its client, and the flags of a scheduler. Pure: text in, answers out. */
import { z } from 'zod';
import { debianVariables } from '../agent/driver-config.ts';
import type { FlagValues } from '../agent/flags/flag-grammar.ts';
import { flagGrammarOf } from '../agent/flags/flag-grammar-of.ts';
import { parseShellText } from '../agent/flags/shell-text.ts';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import type { SomeAnswers } from './answers.ts';

/** What is worth a line beside the answers. */
export interface Told {
  readonly answers: SomeAnswers;
  /** Where Mesos masters announce themselves: servers and path, from `-mesos_master_address`. */
  readonly mesosZooKeeper?: { readonly servers: readonly string[]; readonly path: string };
  /** The schedulers bind to one address (`-ip`), so that nothing listens at 127.0.0.1. */
  readonly bindsToIp?: boolean;
  readonly notes: readonly string[];
}

const entry = z.object({
  name: z.string(),
  zk: z.string().optional(),
  zk_port: z.union([z.number(), z.string()]).optional(),
  scheduler_zk_path: z.string().optional(),
});

/**
 * The entry of one cluster of Aurora's client (`/etc/aurora/clusters.json`): a list of objects, or an object whose values they are. AuroraError
 * `setup-source` when there are several and `cluster` names none of them.
 */
export function readClustersJson(text: string, cluster: string | undefined): Told {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw unusable(`clusters.json is not JSON: ${messageOf(cause)}.`, cause);
  }
  const candidates = typeof value === 'object' && value !== null ? Object.values(value) : [];
  const entries = candidates.flatMap((one) => entry.safeParse(one).data ?? []);
  const wanted = cluster === undefined ? entries : entries.filter(({ name }) => name === cluster);
  const [found, another] = wanted;
  const names = entries.map(({ name }) => name).join(', ');
  if (found === undefined)
    throw unusable(
      `clusters.json has no cluster ${cluster ?? 'at all'}${names === '' ? '' : `; it has ${names}`}.`,
    );
  if (another !== undefined)
    throw unusable(`clusters.json has several clusters: ${names}. Name one with --cluster.`);
  const { name, zk, zk_port: zkPort = 2181, scheduler_zk_path: serversetPath } = found;
  const servers = zk?.split(',').map((host) => `${host.trim()}:${zkPort}`);
  return {
    answers: { cluster: name, zookeeper: servers, serversetPath },
    notes: zk === undefined ? [`clusters.json names no ZooKeeper for ${name}.`] : [],
  };
}

/** The grammars a flag file can be written in, the strictest first: what one refuses, the next one may read. */
const kinds = ['bash-array', 'systemd-drop-in', 'shell-variables', 'flag-file'] as const;

/** The flags of a scheduler, in whichever of the known ways its file is written. AuroraError `setup-source` when it is none. */
export function readFlagsFile(text: string): Told {
  for (const kind of kinds) {
    const flags = tryFlags(text, kind);
    if (flags !== null && Object.keys(flags).length > 0)
      return tellFlags(flags, kind, environmentOf(text, kind));
  }
  throw unusable(
    'The flag file is written in none of the ways that are known: shell variables, a bash array, an ExecStart of a drop-in, or a flag a line.',
  );
}

function tryFlags(text: string, kind: (typeof kinds)[number]): FlagValues | null {
  const drivers = {
    'bash-array': { kind: 'bash-array', array: 'AURORA_FLAGS' },
    'systemd-drop-in': { kind: 'systemd-drop-in' },
    'shell-variables': {
      kind: 'shell-variables',
      variables: debianVariables,
      extraArgs: 'EXTRA_SCHEDULER_ARGS',
    },
    'flag-file': { kind: 'flag-file' },
  } as const;
  try {
    return flagGrammarOf(drivers[kind]).parse(text);
  } catch {
    return null;
  }
}

/** `LIBPROCESS_…` stands beside the flags where a shell reads the file. */
function environmentOf(text: string, kind: (typeof kinds)[number]): Readonly<Record<string, string>> {
  if (kind !== 'bash-array' && kind !== 'shell-variables') return {};
  return Object.fromEntries(
    parseShellText(text).flatMap((assignment) =>
      assignment.kind === 'scalar' && assignment.word.value !== null
        ? [[assignment.name, assignment.word.value]]
        : [],
    ),
  );
}

function tellFlags(
  flags: FlagValues,
  kind: (typeof kinds)[number],
  environment: Readonly<Record<string, string>>,
): Told {
  const path = (flags['serverset_path'] ?? '').replace(/\/+$/, '');
  const chroot = (flags['zk_chroot_path'] ?? '').replace(/\/+$/, '');
  const port = Number(flags['http_port']);
  const masters = /^zk:\/\/(?:[^@/]+@)?([^/]+)(\/\S+)$/.exec(flags['mesos_master_address'] ?? '');
  const [, servers = '', mesosPath = ''] = masters ?? [];
  return {
    answers: {
      cluster: flags['cluster_name'],
      zookeeper: flags['zk_endpoints']?.split(','),
      serversetPath: path === '' ? undefined : `${chroot}${path}`,
      logGroupPath: flags['native_log_zk_group_path'],
      log: flags['native_log_file_path'],
      backups: flags['backup_dir'],
      httpPort: Number.isInteger(port) && port > 0 ? port : undefined,
      flagsKind: kind,
      flagsFile: kind === 'bash-array' ? '/etc/sysconfig/aurora-scheduler' : undefined,
    },
    bindsToIp: flags['ip'] !== undefined,
    ...(masters !== null && { mesosZooKeeper: { servers: servers.split(','), path: mesosPath } }),
    notes: [
      `The framework is called ${flags['framework_name'] ?? 'Aurora'}.`,
      ...(flags['ip'] === undefined
        ? []
        : ['The scheduler runs with -ip: its agent asks it there, and not at 127.0.0.1.']),
      ...(environment['LIBPROCESS_PORT'] === undefined
        ? []
        : [`libprocess listens on port ${environment['LIBPROCESS_PORT']}.`]),
      ...(flags['zk_digest_credentials'] === undefined
        ? []
        : ['The schedulers use -zk_digest_credentials: the bot may need zookeeper.digestCredentials.']),
    ],
  };
}

/** `zk1:2181,zk2:2181/aurora/scheduler`: servers, and the path that the schedulers elect a leader under. */
export function readZooKeeperPath(text: string): Told {
  const slash = text.indexOf('/');
  const servers = (slash === -1 ? text : text.slice(0, slash))
    .split(',')
    .map((one) => (one.includes(':') ? one : `${one}:2181`));
  return {
    answers: { zookeeper: servers, serversetPath: slash === -1 ? undefined : text.slice(slash) },
    notes: [],
  };
}

function unusable(message: string, cause?: unknown): AuroraError {
  return new AuroraError({
    code: 'setup-source',
    message,
    hint: 'Name another file, or give the answers themselves with --answers.',
    cause,
  });
}
