import { errorCodes, hasCode } from '../../../aurora/error-codes.ts';
import { sameAddress } from '../../../aurora/host-names.ts';
import { explainLeader } from '../../../aurora/leader-words.ts';
import { judgeLeadership } from '../../../aurora/leadership.ts';
import { samePath } from '../../../aurora/paths.ts';
import { explainStray, findStrays } from '../../../aurora/strays.ts';
import { type Check, type Finding, refuse, warn } from '../finding.ts';
import type { Reading, SeenHost } from '../reading.ts';
import { listText, timeText } from '../words.ts';

/**
 * Both procedures prove by the log group that everything is stopped, and find the elected scheduler in the serverset: who
 * cannot read them is stuck after the stop.
 */
export const zookeeperGroups: Check = {
  name: 'ZooKeeper groups readable',
  code: 'zookeeper-unreachable',
  find: (reading) => [...readServerset(reading), ...readLogGroup(reading)],
  passes: ({ leader, logGroup }) => {
    const replicas = logGroup.ok ? logGroup.value.length : 0;
    const candidates = leader.kind === 'unreachable' ? 0 : leader.candidates.length;
    return `The serverset has ${candidates} candidates, the log group ${replicas} replicas.`;
  },
};

const doesNotAnswer = (error: unknown): boolean => hasCode(error, errorCodes.zookeeperUnreachable);

function readServerset({ leader, cluster, hosts, now }: Reading): Finding[] {
  const { sentence, next } = explainLeader(leader);
  if (leader.kind === 'unreachable') return [refuse(sentence, next, { code: leader.error.code })];
  const statuses = hosts.map(({ status }) => status);
  const leadership = judgeLeadership(cluster, { statuses, answer: leader });
  const strays = findStrays(cluster, leader, leadership).map((stray) => {
    const words = explainStray(stray, { servers: cluster.zookeeper.servers, now, ageText: timeText });
    // Stopped schedulers elect anew, and this node is in the way of all of them.
    const inTheWay = stray.effect === 'elects-nobody' && !stray.origin.ephemeral;
    return (inTheWay ? refuse : warn)(words.sentence, `${words.next} \`${words.command}\`.`);
  });
  const unsaid = leader.kind === 'several' || (leader.kind === 'malformed' && strays.length === 0);
  return unsaid && leadership.leader === null ? [warn(sentence, next), ...strays] : strays;
}

function readLogGroup({ logGroup, leader, cluster, hosts }: Reading): Finding[] {
  if (!logGroup.ok) {
    const { error } = logGroup;
    // ZooKeeper that does not answer at all is told once.
    const told = leader.kind === 'unreachable' && [leader.error, error].every(doesNotAnswer);
    return told
      ? []
      : [refuse(`The log group cannot be read: ${error.message}`, error.hint, { code: error.code })];
  }
  const ours = cluster.hosts.map(({ libprocess }) => libprocess);
  const strangers = logGroup.value.filter(
    ({ address }) => !ours.some((one) => sameAddress(one, address.replace(/^.*@/, ''))),
  );
  const running = hosts.filter(({ status }) => status.scheduler.service === 'running');
  return [
    ...(strangers.length === 0
      ? []
      : [
          warn(
            `The log group has replicas that are not hosts of this cluster: ${listText(strangers.map(({ address }) => address))}.`,
            'If that is a scheduler, list its host in the configuration first: it would keep its old log, and its vote.',
          ),
        ]),
    ...(logGroup.value.length === 0 && running.length > 0
      ? [
          warn(
            `The log group ${cluster.zookeeper.logGroupPath} is empty although ${running.length} schedulers run.`,
            'That is so while they cannot open their logs; otherwise the path is wrong. Compare it with -native_log_zk_group_path.',
          ),
        ]
      : []),
  ];
}

/** The bot and the schedulers must look at the same nodes; the chroot is for the serverset alone (aurora.md 7.3). */
export const zookeeperPaths: Check = {
  name: 'ZooKeeper paths as configured',
  code: 'host-unfit',
  find: ({ hosts, cluster }) =>
    hosts.flatMap((seen) => [
      ...comparePath(seen, {
        flag: 'native_log_zk_group_path',
        chroot: '',
        path: cluster.zookeeper.logGroupPath,
      }),
      ...comparePath(seen, {
        flag: 'serverset_path',
        chroot: seen.status.flags.values['zk_chroot_path'] ?? '',
        path: cluster.zookeeper.serversetPath,
      }),
    ]),
  passes: () => 'The bot looks at the nodes that the schedulers write.',
};

function comparePath(
  { host, status }: SeenHost,
  wanted: { flag: string; chroot: string; path: string },
): Finding[] {
  const value = status.flags.values[wanted.flag];
  if (value === undefined) {
    return [
      warn(
        `the flag file has no -${wanted.flag}, so it cannot be compared with ${wanted.path}.`,
        'Look at how the scheduler is started.',
        { host },
      ),
    ];
  }
  const path = `${wanted.chroot.replace(/\/+$/, '')}${value}`;
  if (samePath(path, wanted.path)) return [];
  return [
    refuse(
      `-${wanted.flag} is ${path}, and the bot looks at ${wanted.path}.`,
      'Correct the zookeeper paths of this cluster in the configuration of the bot.',
      { host },
    ),
  ];
}
