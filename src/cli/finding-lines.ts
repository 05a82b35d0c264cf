/** Where in the configuration to look for what a check has found: the key that it is about, as far as there is one. */
import type { BotConfig } from './config.ts';
import type { LiveFinding } from './live-finding.ts';

/** Below the bot itself. */
const ofBot: Readonly<Record<string, string>> = {
  'key of grants': 'grantKey',
  'roster of keys': 'people.roster',
  'Slack tokens': 'slack',
  'Slack scopes': 'slack',
};

/** Below a cluster, by the check of step 1 or of Slack. */
export const ofCluster: Readonly<Record<string, string>> = {
  'same release configured': 'auroraVersion',
  'release as shown': 'auroraVersion',
  'recovery tool present': 'procedure',
  'signatures of people': 'policy.signatures',
  'framework failover time': 'mesos',
  'ZooKeeper groups readable': 'zookeeper',
  'ZooKeeper paths as configured': 'zookeeper.serversetPath',
  'addresses as configured': 'hosts',
  'names and ports as configured': 'hosts',
  'Slack channel': 'channel',
  'Slack user groups': 'policy.approverGroups',
  'Slack approvers': 'policy.approvers',
};

/** The key, such as `clusters.0.hosts.1`; `null` where the configuration has none for it. */
export function keyOf(
  { cluster: name, hosts, message, name: check }: LiveFinding,
  config: BotConfig,
): string | null {
  if (name === null) return ofBot[check] ?? null;
  const index = config.clusters.findIndex((cluster) => cluster.name === name);
  const key = `clusters.${index}`;
  const known = config.clusters[index]?.hosts.map((host) => host.name) ?? [];
  // What an agent's own error says names its host in the sentence.
  const said = known.filter((host) => message.includes(host));
  const [host] = hosts.length > 0 ? hosts : said.length === 1 ? said : [];
  const own = ofCluster[check];
  if (host !== undefined && (own === undefined || own === 'hosts'))
    return `${key}.hosts.${known.indexOf(host)}`;
  return own === undefined ? key : `${key}.${own}`;
}
