/** The part of the configuration that says how this host runs its scheduler: one driver for each thing that is done to it. */
import { z } from 'zod';
import { absolutePath } from './absolute-path.ts';
import { iptablesSchema } from './iptables-config.ts';
import { sysvinitSchema, upstartSchema } from './old-service-config.ts';
import { proveSchema } from './prove/prove-config.ts';
import { recoveryToolSchema } from './recovery-tool-config.ts';

/** An argument vector; `{name}` is only allowed for the names given, so that a typo is found at the start. */
const commandWith = (...placeholders: string[]) =>
  z
    .array(z.string().max(4_000))
    .min(1, 'must name a program')
    .max(64)
    .refine((argv) => (argv[0] ?? '').length > 0, 'must name a program')
    .refine(
      (argv) =>
        argv.every((argument) =>
          [...argument.matchAll(/\{(\w+)\}/g)].every((found) => placeholders.includes(found[1] ?? '')),
        ),
      placeholders.length === 0
        ? 'knows no {placeholders}'
        : `knows only ${placeholders.map((name) => `{${name}}`).join(', ')}`,
    );

const service = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('command'),
    start: commandWith(),
    stop: commandWith(),
    kill: commandWith(),
    status: commandWith(),
  }),
  z.strictObject({
    kind: z.literal('systemd'),
    unit: z
      .string()
      .regex(/^[A-Za-z0-9:_.@\\-]{1,200}\.service$/, 'must be a unit such as aurora-scheduler.service'),
    manager: z.enum(['system', 'user']).default('system'),
    systemctl: absolutePath.default('/usr/bin/systemctl'),
    /** Where the drop-in goes that holds the unit down: a directory that systemd reads, and that survives a reboot. */
    unitDirectory: absolutePath.default('/etc/systemd/system'),
  }),
  z.strictObject({
    kind: z.literal('supervisor'),
    program: z
      .string()
      .regex(/^[A-Za-z0-9_.-]{1,100}(:[A-Za-z0-9_.-]{1,100})?$/, 'must be the name of a program'),
    supervisorctl: absolutePath.default('/usr/bin/supervisorctl'),
    /** `supervisord.conf`, when it is not where `supervisorctl` looks by itself. */
    configuration: absolutePath.optional(),
    /** A directory whose `*.conf` files `supervisord` includes. */
    includeDirectory: absolutePath.default('/etc/supervisor/conf.d'),
  }),
  upstartSchema,
  sysvinitSchema,
]);

const traffic = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('command'),
    block: commandWith(),
    unblock: commandWith(),
    status: commandWith(),
  }),
  z.strictObject({
    kind: z.literal('nftables'),
    /** A table of its own: nothing else may live in it. */
    table: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9_]{0,31}$/, 'must be the name of a table')
      .default('aurora_chatops'),
    nft: absolutePath.default('/usr/sbin/nft'),
  }),
  iptablesSchema,
  z.strictObject({ kind: z.literal('none') }),
]);

const shellName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, 'must be the name of a shell variable');
const flagName = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,99}$/, 'must be the name of a flag');

/** The variables of the Debian package, which its startup script turns into flags (aurora.md 7.5). */
export const debianVariables = {
  CLUSTER_NAME: 'cluster_name',
  HTTP_PORT: 'http_port',
  QUORUM_SIZE: 'native_log_quorum_size',
  ZK_ENDPOINTS: 'zk_endpoints',
  MESOS_MASTER: 'mesos_master_address',
  ZK_SERVERSET_PATH: 'serverset_path',
  ZK_LOGDB_PATH: 'native_log_zk_group_path',
  LOGDB_FILE_PATH: 'native_log_file_path',
  BACKUP_DIR: 'backup_dir',
  THERMOS_EXECUTOR_PATH: 'thermos_executor_path',
  THERMOS_EXECUTOR_RESOURCES: 'thermos_executor_resources',
  THERMOS_EXECUTOR_FLAGS: 'thermos_executor_flags',
  ALLOWED_CONTAINER_TYPES: 'allowed_container_types',
};

const flags = z.discriminatedUnion('kind', [
  /** One `-name=value` a line. */
  z.strictObject({ kind: z.literal('flag-file') }),
  /** `/etc/default`: shell variables, and one for all other flags. */
  z.strictObject({
    kind: z.literal('shell-variables'),
    variables: z.record(shellName, flagName).default(debianVariables),
    extraArgs: shellName.default('EXTRA_SCHEDULER_ARGS'),
  }),
  /** `/etc/sysconfig`: a bash array with a flag in each element. */
  z.strictObject({ kind: z.literal('bash-array'), array: shellName.default('AURORA_FLAGS') }),
  /** The `ExecStart=` of a systemd drop-in. */
  z.strictObject({ kind: z.literal('systemd-drop-in') }),
]);

export const driversSchema = z.strictObject({
  service,
  traffic,
  flags,
  initializeLog: z.strictObject({ kind: z.literal('command'), argv: commandWith('path') }),
  recoveryTool: recoveryToolSchema({ absolutePath, command: commandWith('backup', 'flags') }).optional(),
});

/** How backups are proven, with the same rules for commands. */
export const proveConfigSchema = proveSchema({
  absolutePath,
  flagsCommand: commandWith('flags'),
  pathCommand: commandWith('path'),
  toolCommand: commandWith('backup', 'flags'),
});
