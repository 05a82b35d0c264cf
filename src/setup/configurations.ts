/** The configurations of an installation, as texts: of the bot, of each host's agent, and what its unit may write to. Pure. */
import { dirname } from 'node:path';
import { stringify } from 'yaml';
import type { Answers } from './answers.ts';

/** Where a host keeps what its agent reads. */
export const agentDirectory = '/etc/aurora-chatops';
/** What the packaged unit calls its state directory. */
const agentState = '/var/lib/aurora-chatops';
/** Where the bot's machine keeps what the bot reads. */
export const botDirectory = '/etc/aurora-chatops-bot';
const botState = '/var/lib/aurora-chatops-bot';

type Host = Answers['hosts'][number];

/** bot.yml; its relative paths start where it lies. */
export function botConfiguration(answers: Answers): string {
  const { cluster, auroraVersion, channel, zookeeper, serversetPath, logGroupPath, masters, hosts } = answers;
  const policy = { approvers: answers.approvers, approverGroups: answers.approverGroups };
  return stringify({
    state: botState,
    grantKey: './secrets/grant-key',
    agentTls: { ca: './ca.pem', cert: './bot.pem', key: './bot.key' },
    slack: { mode: 'socket' },
    clusters: [
      {
        name: cluster,
        auroraVersion,
        channel,
        zookeeper: { servers: zookeeper, serversetPath, logGroupPath },
        mesos: { masters },
        hosts: hosts.map((host) => ({
          name: host.name,
          agent: `https://${host.address}:${host.agentPort ?? answers.agentPort}`,
          advertised: host.advertised ?? host.address,
          httpPort: host.httpPort ?? answers.httpPort,
          libprocess: host.libprocess,
        })),
        policy,
      },
    ],
  });
}

/** agent.yaml of one host. `publicKey`: base64 SPKI, of the key that signs grants. */
export function agentConfiguration(answers: Answers, host: Host, publicKey: string): string {
  const { cluster, auroraVersion, account, mesosLog } = answers;
  return stringify({
    host: host.name,
    cluster,
    listen: `0.0.0.0:${host.agentPort ?? answers.agentPort}`,
    tls: {
      cert: `${agentDirectory}/agent.pem`,
      key: `${agentDirectory}/agent.key`,
      clientCa: `${agentDirectory}/ca.pem`,
      allowedClients: ['bot'],
    },
    auroraVersion,
    trust: { publicKeys: [publicKey] },
    scheduler: {
      httpAddress: host.httpAddress ?? '127.0.0.1',
      httpPort: host.httpPort ?? answers.httpPort,
      libprocess: host.libprocess,
    },
    paths: {
      log: answers.log,
      backups: answers.backups,
      flags: answers.flagsFile,
      state: agentState,
      mesosLog,
    },
    drivers: {
      service: { kind: 'systemd', unit: answers.unit },
      traffic: { kind: 'nftables' },
      flags: { kind: answers.flagsKind },
      initializeLog: {
        kind: 'command',
        argv: ['/usr/sbin/runuser', '-u', account, '--', mesosLog, 'initialize', '--path={path}'],
      },
    },
  });
}

/** A drop-in for the packaged unit of the agent: the directories of this installation in the place of the usual ones. */
export function agentDropIn(answers: Answers): string {
  const around = new Set([answers.flagsFile, answers.log, answers.backups].map((path) => dirname(path)));
  const writable = ['/etc/systemd/system', ...around].map((path) => `"-${escapeUnit(path)}"`).join(' ');
  return `# The paths of agent.yaml. Change both together.
[Unit]
Before=${answers.unit}

[Service]
ReadWritePaths=
ReadWritePaths=${writable}
`;
}

/** systemd.unit(5): `%` begins a specifier, and within quotes a backslash and a quote are escaped. */
function escapeUnit(path: string): string {
  return path.replaceAll('%', '%%').replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}
