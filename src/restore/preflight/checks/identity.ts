import type { ClusterHost } from '../../../aurora/cluster.ts';
import { sameHost } from '../../../aurora/host-names.ts';
import type { Endpoint } from '../../../aurora/leader.ts';
import { releaseOf } from '../../../aurora/releases.ts';
import { type Check, type Finding, refuse, warn } from '../finding.ts';
import type { Reading, SeenHost } from '../reading.ts';
import { listText } from '../words.ts';

/**
 * A leader is recognised by its configured name and port, after the commit for the first time: a wrong one is found here, where
 * nothing is lost. Each is compared with everything that shows it: flags, candidates, the member in ZooKeeper, the agent.
 */
export const identity: Check = {
  name: 'names and ports as configured',
  code: 'identity-differs',
  find: (reading) => [
    ...findMember(reading),
    ...findCandidates(reading),
    ...reading.hosts.flatMap((seen) => findOn(seen, reading)),
  ],
  passes: ({ hosts }) =>
    `The names and ports of ${hosts.length} hosts agree with the bot's configuration, as far as can be seen.`,
};

const correct = 'Correct this host in the configuration of the bot, and propose again.';

/** Whoever is advertised must be one of ours, or a leader would never be recognised. */
function findMember({ leader, cluster }: Reading): Finding[] {
  if (leader.kind !== 'one') return [];
  const { endpoint } = leader;
  const named = cluster.hosts.find(({ advertised }) => sameHost(advertised, endpoint.host));
  if (named === undefined) {
    const ours = listText(cluster.hosts.map(({ advertised }) => advertised));
    return [
      refuse(
        `ZooKeeper advertises ${textOf(endpoint)}, which is not one of the bot's hosts (advertised: ${ours}).`,
        'Correct advertised in the configuration of the bot, or list that host: a restore stops only the hosts that are listed.',
      ),
    ];
  }
  if (named.httpPort === endpoint.port) return [];
  return [
    refuse(
      `ZooKeeper advertises ${textOf(endpoint)}, and the bot has ${named.advertised}:${named.httpPort} (httpPort).`,
      correct,
      { host: named.name },
    ),
  ];
}

/** Election nodes name hosts, where the release has it so: a scheduler that runs and is called otherwise here is not found again. */
function findCandidates({ leader, cluster, hosts }: Reading): Finding[] {
  if (leader.kind === 'unreachable' || !releaseOf(cluster.auroraVersion).electionNodesNameHosts) return [];
  const named = [...new Set(leader.candidates.map(({ host }) => host))];
  const strangers = named.filter(
    (name) => !cluster.hosts.some(({ advertised }) => sameHost(advertised, name)),
  );
  if (strangers.length === 0) return [];
  const missing = hosts.flatMap(({ host, status }) => {
    const { advertised = '' } = ownOf(cluster.hosts, host);
    const stands = named.some((name) => sameHost(name, advertised));
    return status.scheduler.service === 'running' && !stands ? [`${host} (advertised: ${advertised})`] : [];
  });
  if (missing.length > 0) {
    return [
      refuse(
        `${listText(strangers)} stands for election in ZooKeeper and is not one of the bot's hosts, while ${listText(missing)} runs and does not.`,
        'Correct advertised in the configuration of the bot: it is -hostname, or the address of the host.',
      ),
    ];
  }
  return [
    warn(
      `${listText(strangers)} stands for election in ZooKeeper and is not one of the bot's hosts.`,
      'If a scheduler runs there, list its host first: it would keep its old log, and could lead with it.',
    ),
  ];
}

function findOn(seen: SeenHost, reading: Reading): Finding[] {
  const { host, status } = seen;
  const own = ownOf(reading.cluster.hosts, host);
  const { hostname, http_port: httpPort, cluster_name: clusterName } = status.flags.values;
  const { configured } = status;
  const about = { host };
  return [
    ...(hostname === undefined || own.advertised === undefined || sameHost(hostname, own.advertised)
      ? []
      : [
          refuse(
            `the scheduler has -hostname=${hostname}, and the bot has ${own.advertised} (advertised).`,
            correct,
            about,
          ),
        ]),
    ...(httpPort === undefined || own.httpPort === undefined || !differs(httpPort, own.httpPort)
      ? []
      : [
          refuse(
            `the scheduler has -http_port=${httpPort}, and the bot has ${own.httpPort} (httpPort).`,
            correct,
            about,
          ),
        ]),
    ...(httpPort === undefined || configured === undefined || !differs(httpPort, configured.httpPort)
      ? []
      : [
          refuse(
            `the scheduler has -http_port=${httpPort}, and the agent has ${configured.httpPort} (scheduler.httpPort).`,
            'Correct the configuration of the agent: it would take a running scheduler for a stopped one.',
            about,
          ),
        ]),
    ...(configured === undefined || configured.cluster === reading.cluster.name
      ? []
      : [
          refuse(
            `the agent belongs to cluster ${configured.cluster}, and the bot lists it under ${reading.cluster.name}: it would refuse every grant.`,
            'Correct cluster in the configuration of the agent, or the list of hosts in that of the bot.',
            about,
          ),
        ]),
    ...(clusterName === undefined || sameHost(clusterName, reading.cluster.name)
      ? []
      : [
          warn(
            `the scheduler calls its cluster ${clusterName} (-cluster_name), and the bot ${reading.cluster.name}.`,
            'Make sure that this is the cluster you mean.',
            about,
          ),
        ]),
  ];
}

/** 0 lets the scheduler choose. */
function differs(flag: string, port: number): boolean {
  return Number(flag) !== 0 && Number(flag) !== port;
}

function ownOf(hosts: readonly ClusterHost[], name: string): Partial<ClusterHost> {
  return hosts.find((host) => host.name === name) ?? {};
}

function textOf({ host, port }: Endpoint): string {
  return `${host}:${port}`;
}
