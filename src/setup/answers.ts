/** What an installation is made from. Every answer may come from a flag, a file of answers, Aurora's own files, ZooKeeper, or a person. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { AuroraError } from '../aurora/errors.ts';
import { isKnownRelease } from '../aurora/releases.ts';

const port = z.int().min(1).max(65_535);
const absolute = z
  .string()
  .max(1_000)
  .regex(/^\/[^\0\r\n]*$/, 'must be an absolute path');
const zkPath = z
  .string()
  .max(1_000)
  .regex(/^(\/[^/\s]+)+$/, 'must be a ZooKeeper path such as /aurora/scheduler');
const address = z
  .string()
  .max(253)
  .regex(/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/, 'must be a host name or an IPv4 address');
const hostPort = z
  .string()
  .max(260)
  .regex(/^[A-Za-z0-9._-]+:\d{1,5}$/, 'must be host:port');

const hostSchema = z.strictObject({
  /** What messages and grants call it. */
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$/, 'must be a host name of at most 64 characters'),
  /** Where the bot reaches its agent, and what the certificate is issued for. */
  address,
  /** What the scheduler calls itself (`-hostname`, or its IP address); the address unless it is said. */
  advertised: address.exactOptional(),
  libprocess: hostPort,
  httpPort: port.exactOptional(),
  /** Where the agent reaches `-http_port`; 127.0.0.1 unless the scheduler runs with `-ip`. */
  httpAddress: z
    .string()
    .refine((text) => isIP(text) !== 0, 'must be an IP address')
    .exactOptional(),
  agentPort: port.exactOptional(),
});

const given = {
  cluster: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,59}$/i, 'must be a short name of letters, digits, - and _'),
  auroraVersion: z.string().refine(isKnownRelease, 'must be a release of Aurora such as 0.22.0'),
  channel: z.string().regex(/^[CG][A-Z0-9]+$/, 'must be a Slack channel id such as C012AB3CD'),
  approvers: z
    .array(z.string().regex(/^[UW][A-Z0-9]+$/, 'must be a Slack user id such as U012AB3CD'))
    .max(200),
  approverGroups: z
    .array(z.string().regex(/^S[A-Z0-9]+$/, 'must be a Slack user group id such as S012AB3CD'))
    .max(50),
  zookeeper: z.array(hostPort).min(1).max(15),
  serversetPath: zkPath,
  logGroupPath: zkPath,
  masters: z
    .array(z.url({ protocol: /^https?$/ }))
    .min(1)
    .max(15),
  hosts: z.array(hostSchema).min(1).max(9),
  /** `-native_log_file_path`, `-backup_dir`, and the file with the flags. */
  log: absolute,
  backups: absolute,
  flagsFile: absolute,
  flagsKind: z.enum(['shell-variables', 'bash-array', 'flag-file', 'systemd-drop-in']),
  mesosLog: absolute,
  unit: z
    .string()
    .regex(/^[A-Za-z0-9:_.@-]{1,200}\.service$/, 'must be a unit such as aurora-scheduler.service'),
  /** The account of the scheduler. */
  account: z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'must be an account such as aurora'),
  httpPort: port,
  agentPort: port,
  /** `made`: keys of agents are made here. `enrolled`: each host makes its own, with `agent enroll`. */
  hostKeys: z.enum(['made', 'enrolled']),
};

const schema = z.strictObject(given);
const partial = schema.partial();

export type Answers = z.output<typeof schema>;
export type SomeAnswers = { readonly [K in keyof Answers]?: Answers[K] | undefined };

/** What is taken where nobody says otherwise: Debian's packages of Aurora and Mesos (aurora.md 7.5). */
const usual = {
  approvers: [],
  approverGroups: [],
  flagsFile: '/etc/default/aurora-scheduler',
  flagsKind: 'shell-variables',
  mesosLog: '/usr/bin/mesos-log',
  unit: 'aurora-scheduler.service',
  account: 'aurora',
  httpPort: 8081,
  agentPort: 8090,
  hostKeys: 'made',
} as const satisfies SomeAnswers;

/** What a person is asked for, in this order, when nothing else has told it. */
export const questions: readonly {
  readonly key: keyof Answers;
  readonly ask: string;
  readonly example: string;
}[] = [
  { key: 'cluster', ask: 'Name of the cluster', example: 'east' },
  { key: 'auroraVersion', ask: 'Release of Aurora that runs', example: '0.22.0' },
  { key: 'zookeeper', ask: 'ZooKeeper servers', example: 'zk1:2181,zk2:2181,zk3:2181' },
  {
    key: 'serversetPath',
    ask: '-serverset_path, with -zk_chroot_path in front',
    example: '/aurora/scheduler',
  },
  { key: 'logGroupPath', ask: '-native_log_zk_group_path', example: '/aurora/replicated-log' },
  {
    key: 'hosts',
    ask: 'Scheduler hosts, each name=libprocess address',
    example: 'aurora-1=10.0.0.1:8083,aurora-2=10.0.0.2:8083,aurora-3=10.0.0.3:8083',
  },
  { key: 'masters', ask: 'Mesos masters', example: 'http://mesos1:5050,http://mesos2:5050' },
  { key: 'log', ask: '-native_log_file_path', example: '/var/lib/aurora/scheduler/db' },
  { key: 'backups', ask: '-backup_dir', example: '/var/lib/aurora/scheduler/backups' },
  { key: 'channel', ask: 'Slack channel of its restores', example: 'C012AB3CD' },
  {
    key: 'approvers',
    ask: 'Slack ids of the people who may sign, three at least',
    example: 'U012AB3CD,U012AB3CE,U012AB3CF',
  },
];

const lists: ReadonlySet<string> = new Set(['approvers', 'approverGroups', 'zookeeper', 'masters']);
const numbers: ReadonlySet<string> = new Set(['httpPort', 'agentPort']);

/** One answer as somebody types it; AuroraError `setup-answer` for what it cannot be. */
export function parseTyped(key: keyof Answers, text: string): SomeAnswers {
  const trimmed = text.trim();
  const words = trimmed
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const value =
    key === 'hosts'
      ? words.map(typedHost)
      : lists.has(key)
        ? words
        : numbers.has(key)
          ? Number(trimmed)
          : trimmed;
  return parseSome({ [key]: value }, `the answer to ${key}`);
}

function typedHost(word: string): unknown {
  const [name = '', libprocess = ''] = word.split('=');
  return { name: name.split('.')[0], address: name, libprocess };
}

/** Some of the answers, from a file or a flag; AuroraError `setup-answer` names every key that is wrong. */
export function parseSome(value: unknown, what: string): SomeAnswers {
  return accept(partial.safeParse(value ?? {}), what);
}

/** All of them; AuroraError `setup-answer` names every one that is missing and how it is given. */
export function requireAll(answers: SomeAnswers): Answers {
  const missing = questions.filter(({ key }) => isMissing(answers, key));
  if (missing.length > 0) {
    throw new AuroraError({
      code: 'setup-answer',
      message: `These answers are missing:\n${missing.map(({ key, ask, example }) => `  ${key}: ${ask}, such as ${example}`).join('\n')}`,
      hint: 'Put them into a YAML file and name it with --answers, or run setup in a terminal and be asked.',
    });
  }
  const all = accept(schema.safeParse({ ...usual, ...withoutGaps(answers) }), 'the answers');
  const twice = all.hosts.find(({ name }, index) =>
    all.hosts.some((other, at) => at < index && other.name.toLowerCase() === name.toLowerCase()),
  );
  const reserved = all.hosts.find(({ name }) => ['ca', 'bot'].includes(name.toLowerCase()));
  const wrong =
    twice !== undefined
      ? `Two hosts are called ${twice.name}.`
      : reserved !== undefined
        ? `A host cannot be called ${reserved.name}: that is the name of another certificate.`
        : null;
  if (wrong === null) return all;
  throw new AuroraError({ code: 'setup-answer', message: wrong, hint: 'Give each host a name of its own.' });
}

/** Approvers may be people or groups; one of the two is enough. */
export function isMissing(answers: SomeAnswers, key: keyof Answers): boolean {
  if (key === 'approvers')
    return (answers.approvers ?? []).length === 0 && (answers.approverGroups ?? []).length === 0;
  return answers[key] === undefined;
}

/** For schedulers that run with `-ip`: each is asked at its libprocess address, unless an answer says otherwise. */
export function atOwnAddress(answers: SomeAnswers): SomeAnswers {
  const hosts = answers.hosts?.map((host) => {
    const ip = host.libprocess.slice(0, host.libprocess.lastIndexOf(':'));
    return isIP(ip) === 0 ? host : { httpAddress: ip, ...host };
  });
  return { ...answers, hosts };
}

/** Without keys that are there and say nothing. */
export function withoutGaps(answers: SomeAnswers): SomeAnswers {
  return Object.fromEntries(Object.entries(answers).filter(([, value]) => value !== undefined));
}

function accept<T>(parsed: z.ZodSafeParseResult<T>, what: string): T {
  if (parsed.success) return parsed.data;
  throw new AuroraError({
    code: 'setup-answer',
    message: `Something is wrong with ${what}:\n${parsed.error.issues
      .slice(0, 20)
      .map(({ path, message }) => `  ${path.map(String).join('.') || 'the top'}: ${message}`)
      .join('\n')}`,
    hint: 'docs/install.md lists every answer with an example.',
  });
}
