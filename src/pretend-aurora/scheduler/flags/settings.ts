import { parseFlagDuration } from '../../../aurora/flag-duration.ts';
import type { FlagValues } from './parse.ts';

/**
 * A scheduler's flags with their defaults (aurora.md 7.2, 7.3, 11.2). Durations in Aurora's own ms, not
 * scaled.
 */
export interface Settings {
  readonly clusterName: string;
  readonly hostname: string;
  readonly ip: string;
  readonly httpPort: number;
  readonly zookeeper: readonly string[];
  /** `-zk_in_proc`: a ZooKeeper of its own, and nobody is asked at `zookeeper` (aurora.md 15). */
  readonly zookeeperInside: boolean;
  readonly zookeeperCredentials: string | undefined;
  readonly serversetPath: string;
  /** `null` when it is left to the release. */
  readonly sessionTimeoutMs: number | null;
  readonly mesosMasterAddress: string;
  readonly hasWebhook: boolean;
  readonly basicAuth: boolean;
  readonly shiroIniPath: string | null;
  readonly log: {
    readonly path: string;
    readonly groupPath: string;
    readonly quorum: number;
    readonly electionTimeoutMs: number;
    readonly electionRetries: number;
    readonly writeTimeoutMs: number;
  };
  readonly backup: { readonly directory: string; readonly keep: number; readonly intervalMs: number };
  readonly snapshotIntervalMs: number;
  readonly maxRegistrationDelayMs: number;
  readonly maxLeadingMs: number;
  readonly transientTimeoutMs: number;
  /** `null` when nothing is collected. */
  readonly gcExecutorIntervalMs: number | null;
  readonly reconciliation: {
    readonly initialDelayMs: number;
    readonly spreadMs: number;
    readonly explicitIntervalMs: number;
    readonly implicitIntervalMs: number;
  };
}

/** Turns checked flags into settings; `machineIp` is where a scheduler listens that is not told (`-ip`). */
export function readSettings(flags: FlagValues, machineIp: string): Settings {
  const text = (name: string, fallback = '') => flags.get(name) ?? fallback;
  const duration = (name: string, fallback: string) => parseFlagDuration(text(name, fallback)) ?? 0;
  const number = (name: string, fallback: number) => Number(text(name, String(fallback)));
  const ip = text('ip', machineIp);
  return {
    clusterName: text('cluster_name'),
    hostname: text('hostname', ip),
    ip,
    httpPort: number('http_port', 0),
    zookeeper: text('zk_endpoints').split(','),
    zookeeperInside: text('zk_in_proc') === 'true',
    zookeeperCredentials: flags.get('zk_digest_credentials'),
    serversetPath: text('serverset_path'),
    sessionTimeoutMs: parseFlagDuration(text('zk_session_timeout')),
    mesosMasterAddress: text('mesos_master_address'),
    hasWebhook: flags.has('webhook_config'),
    basicAuth: text('http_authentication_mechanism', 'NONE') === 'BASIC',
    shiroIniPath: flags.get('shiro_ini_path') ?? null,
    log: {
      path: text('native_log_file_path'),
      groupPath: text('native_log_zk_group_path'),
      quorum: number('native_log_quorum_size', 1),
      electionTimeoutMs: duration('native_log_election_timeout', '15secs'),
      electionRetries: number('native_log_election_retries', 20),
      writeTimeoutMs: duration('native_log_write_timeout', '3secs'),
    },
    backup: {
      directory: text('backup_dir'),
      keep: number('max_saved_backups', 48),
      intervalMs: duration('backup_interval', '1hrs'),
    },
    snapshotIntervalMs: duration('dlog_snapshot_interval', '1hrs'),
    maxRegistrationDelayMs: duration('max_registration_delay', '1mins'),
    maxLeadingMs: duration('max_leading_duration', '1days'),
    transientTimeoutMs: duration('transient_task_state_timeout', '5mins'),
    gcExecutorIntervalMs: flags.has('gc_executor_path') ? duration('executor_gc_interval', '1hrs') : null,
    reconciliation: {
      initialDelayMs: duration('reconciliation_initial_delay', '1mins'),
      spreadMs: duration('reconciliation_schedule_spread', '30mins'),
      explicitIntervalMs: duration('reconciliation_explicit_interval', '60mins'),
      implicitIntervalMs: duration('reconciliation_implicit_interval', '60mins'),
    },
  };
}
