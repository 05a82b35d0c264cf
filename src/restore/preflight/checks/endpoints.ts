import { endpointOf, sameAddress, sameHost } from '../../../aurora/host-names.ts';
import { type Check, type Finding, refuse, warn } from '../finding.ts';
import type { Reading, SeenHost } from '../reading.ts';
import { listText } from '../words.ts';

/** That the bot asks the same ZooKeeper and the same Mesos as the schedulers, and knows each log by its address. */
export const endpoints: Check = {
  name: 'addresses as configured',
  code: 'identity-differs',
  find: (reading) => [
    ...reading.hosts.flatMap((seen) => findLog(seen, reading)),
    ...findZooKeeper(reading),
    ...findMesos(reading),
  ],
  passes: () =>
    'The bot asks the ZooKeeper and the Mesos of the schedulers, and knows their logs by their addresses.',
};

/** That a scheduler is gone is proven by its address in the log group, among others. */
function findLog({ host, status }: SeenHost, { cluster, logGroup }: Reading): Finding[] {
  const own = cluster.hosts.find(({ name }) => name === host)?.libprocess;
  if (own === undefined) return [];
  const there = logGroup.ok ? logGroup.value.map(({ address }) => address.replace(/^.*@/, '')) : [];
  const shows = there.some((address) => sameAddress(address, own));
  const told = status.configured?.libprocess;
  if (!shows && there.length > 0 && status.scheduler.service === 'running') {
    return [
      refuse(
        `the scheduler runs, and the bot has ${own} (libprocess), which is not in the log group: ${listText(there)}${told === undefined ? '' : `; the agent has ${told}`}.`,
        'Correct libprocess of this host in the configuration of the bot. A log that has just lost its session comes back within a minute.',
        { host },
      ),
    ];
  }
  if (told === undefined || endpointOf(told).port === endpointOf(own).port) return [];
  const says = `the agent has ${told} (scheduler.libprocess), and the bot has ${own} (libprocess).`;
  const fix = 'Correct the one that is wrong: LIBPROCESS_PORT of the scheduler is what counts.';
  return [shows ? warn(says, fix, { host }) : refuse(says, fix, { host })];
}

/** Names of one server may differ; what ZooKeeper shows of our own hosts proves that it is the right one. */
function findZooKeeper({ cluster, hosts, leader, logGroup }: Reading): Finding[] {
  const ours = cluster.zookeeper.servers;
  const shown = [
    ...(leader.kind === 'unreachable' ? [] : leader.candidates.map(({ host }) => host)),
    ...(leader.kind === 'one' ? [leader.endpoint.host] : []),
  ];
  const proven =
    cluster.hosts.some(({ advertised }) => shown.some((name) => sameHost(name, advertised))) ||
    (logGroup.ok &&
      cluster.hosts.some(({ libprocess }) =>
        logGroup.value.some(({ address }) => sameAddress(address.replace(/^.*@/, ''), libprocess)),
      ));
  return hosts.flatMap(({ host, status }) => {
    const flag = status.flags.values['zk_endpoints'];
    const theirs = (flag ?? '').split(',').filter((server) => server !== '');
    if (
      proven ||
      theirs.length === 0 ||
      theirs.some((server) => ours.some((our) => sameAddress(our, server)))
    ) {
      return [];
    }
    return [
      refuse(
        `the scheduler has -zk_endpoints=${flag ?? ''}, and the bot asks ${listText(ours)}, where nothing of this cluster shows.`,
        'Correct zookeeper.servers of this cluster in the configuration of the bot.',
        { host },
      ),
    ];
  });
}

/** A leader that is registered is connected at its master; with another master the failover time of another cluster would count. */
function findMesos({ cluster, hosts, frameworks }: Reading): Finding[] {
  const registered = hosts.find(({ status }) => status.vars?.['framework_registered'] === 1);
  if (registered === undefined || !frameworks.ok || frameworks.value.some(({ connected }) => connected))
    return [];
  const flag = registered.status.flags.values['mesos_master_address'] ?? 'none';
  return [
    refuse(
      `${registered.host} is registered with Mesos (-mesos_master_address=${flag}), and the master that the bot asks (${listText(cluster.mesos.masters)}) has no framework connected.`,
      'Correct mesos.masters of this cluster in the configuration of the bot.',
    ),
  ];
}
