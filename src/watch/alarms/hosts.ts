/** Hosts that do not answer, do not agree, or fill up. */
import { agreedFlags } from '../../aurora/agreed-flags.ts';
import { sizeText } from '../../aurora/disk-room.ts';
import { listText, timeText } from '../../aurora/time-text.ts';
import { type AlarmKind, type Finding, seen, type View } from '../alarm.ts';
import { diskName } from '../history.ts';

const minute = 60_000;
/** Of all agents at once: that is the bot's network, or somebody's rollout, and no host's own matter. */
const everybody = 'all hosts';

export const agentSilent: AlarmKind = {
  kind: 'agent-silent',
  when: 'An agent has not answered for `silent`.',
  worst: 'critical',
  holdMs: ({ silentMs }) => silentMs,
  judge: ({ cluster, observation: { hosts } }) => {
    const silent = hosts.filter(({ facts }) => facts === null);
    if (hosts.length > 1 && silent.length === hosts.length) {
      return {
        findings: [
          {
            subject: everybody,
            severity: 'critical',
            says: `None of the ${hosts.length} agents of \`${cluster.name}\` answers. ${silent[0]?.why ?? ''}`.trim(),
            means: 'The watch is blind, and a restore could not start.',
            next: 'Look at the network between the bot and the hosts, and at the certificates.',
          },
        ],
        isUnseen: (subject) => subject !== everybody,
      };
    }
    return seen(
      silent.map(({ host, why }) => ({
        subject: host,
        severity: 'warning',
        says: `The agent on ${host} does not answer. ${why ?? ''}`.trim(),
        means: 'Its backups and its disk are out of sight, and a restore needs every host.',
        next: `On ${host}: \`systemctl status aurora-chatops-agent\`, and start it if it is down.`,
      })),
    );
  },
};

export const hostsDisagree: AlarmKind = {
  kind: 'hosts-disagree',
  when: 'Flags, releases or clocks of the hosts differ where they must not (`clocks`), or two hosts write backups at the same time.',
  worst: 'critical',
  holdMs: () => 10 * minute,
  judge: (view) => {
    const findings = [
      ...flagsDiffer(view),
      ...releasesDiffer(view),
      ...clocksDiffer(view),
      ...twoWriters(view),
    ];
    const all = view.observation.hosts.every(({ facts, backups }) => facts !== null && backups !== null);
    return { findings, isUnseen: () => !all };
  },
};

export const diskFilling: AlarmKind = {
  kind: 'disk-filling',
  when: 'A file system has less free than `diskFloor`, or will have within `diskAhead` by how it has filled.',
  worst: 'critical',
  holdMs: () => 10 * minute,
  judge: (view) => {
    const { hosts } = view.observation;
    const silent = hosts.filter(({ facts }) => facts === null).map(({ host }) => host);
    return {
      findings: hosts.flatMap(({ host, facts }) =>
        (facts?.disks ?? []).flatMap(({ places, freeBytes }) => judgeDisk(view, { host, places, freeBytes })),
      ),
      isUnseen: (subject) => silent.some((host) => subject.startsWith(`${host} `)),
    };
  },
};

function factsOf({ observation }: View) {
  return observation.hosts.flatMap(({ host, facts }) => (facts === null ? [] : [{ host, ...facts }]));
}

function flagsDiffer(view: View): Finding[] {
  const facts = factsOf(view);
  const differing = agreedFlags.filter(
    (flag) => new Set(facts.map(({ flags }) => flags[flag] ?? '')).size > 1,
  );
  const [first] = differing;
  if (first === undefined) return [];
  const values = facts.map(({ host, flags }) => `${host} has \`${flags[first] ?? 'none'}\``);
  const more =
    differing.length > 1 ? ` So do ${listText(differing.slice(1).map((flag) => `-${flag}`))}.` : '';
  return [
    {
      subject: 'flags',
      severity: 'critical',
      says: `The hosts of \`${view.cluster.name}\` differ in -${first}: ${listText(values)}.${more}`,
      means: 'Schedulers that differ there are not one cluster, or become another one when the leader moves.',
      next: 'Make the flag files say the same, and restart the schedulers whose file was wrong.',
    },
  ];
}

function releasesDiffer(view: View): Finding[] {
  const { cluster } = view;
  const others = factsOf(view).filter(({ auroraVersion }) => auroraVersion !== cluster.auroraVersion);
  if (others.length === 0) return [];
  return [
    {
      subject: 'releases',
      severity: 'warning',
      says: `\`${cluster.name}\` is configured as Aurora ${cluster.auroraVersion}, and ${listText(others.map(({ host, auroraVersion }) => `${host} as ${auroraVersion}`))}.`,
      means: 'A restore does not start while they differ: procedure and flags depend on the release.',
      next: 'Finish the upgrade, then set auroraVersion to the same in the bot and in every agent.',
    },
  ];
}

function clocksDiffer(view: View): Finding[] {
  const wrong = factsOf(view).filter(({ clockAheadMs }) => Math.abs(clockAheadMs) > view.policy.clocksMs);
  if (wrong.length === 0) return [];
  const told = wrong.map(
    ({ host, clockAheadMs }) =>
      `${host} is ${timeText(Math.abs(clockAheadMs))} ${clockAheadMs > 0 ? 'ahead' : 'behind'}`,
  );
  return [
    {
      subject: 'clocks',
      severity: 'warning',
      says: `Clocks of \`${view.cluster.name}\` are wrong: ${listText(told)}, by the clock of the bot.`,
      means:
        'The age of its backups is wrong by as much, rotation may delete the wrong one, and agents refuse what a restore asks of them.',
      next: 'Look at NTP there. When every host is off by the same, it is the clock of the bot.',
    },
  ];
}

/**
 * Only a leader writes backups, and the next leader's first one comes an interval after its start. So within two and a half intervals
 * two hosts that have written two each have both been leading.
 */
function twoWriters(view: View): Finding[] {
  const { backups, observation, cluster } = view;
  const since = Math.max(view.history.sinceMs, observation.atMs - 2.5 * backups.periodMs);
  const recent = backups.contents.filter(
    ({ writtenAtMs, copies }) => writtenAtMs > since && copies.length === 1,
  );
  const byHost = Map.groupBy(recent, ({ copies: [copy] }) => copy?.host ?? '');
  const writers = [...byHost].filter(([, contents]) => contents.length > 1).map(([host]) => host);
  if (writers.length < 2) return [];
  return [
    {
      subject: 'writers',
      severity: 'critical',
      says: `${listText(writers)} both write backups of \`${cluster.name}\`.`,
      means: 'Only a leader does that: two schedulers act as one.',
      next: `\`/aurora leader ${cluster.name}\` says who is elected; restart the scheduler on the other one.`,
    },
  ];
}

const trendMin = 6;

function judgeDisk(
  { history, policy, observation }: View,
  disk: { host: string; places: readonly string[]; freeBytes: number },
): Finding[] {
  const { host, places, freeBytes } = disk;
  const subject = diskName(host, places);
  const what = `The disk of ${listText(places)} on ${host}`;
  const next = `Free some room on ${host}. The scheduler itself deletes only what is over -max_saved_backups.`;
  if (freeBytes < policy.diskFloorBytes) {
    const says = `${what} has ${sizeText(freeBytes)} left.`;
    const means = 'A full disk breaks backups and the replicated log, and a restore needs room for copies.';
    return [{ subject, severity: 'critical', says, means, next }];
  }
  const leftMs = timeToFloor(history.disks[subject] ?? [], { freeBytes, policy, atMs: observation.atMs });
  if (leftMs === null) return [];
  return [
    {
      subject,
      severity: 'warning',
      says: `${what} fills: ${sizeText(freeBytes)} are left, enough for ${timeText(leftMs)} at this rate.`,
      means: 'A full disk breaks backups and the replicated log.',
      next,
    },
  ];
}

/** By a line through the hourly samples; `null` when it would take longer than the policy says, or they lie on no line. */
function timeToFloor(
  samples: readonly (readonly [number, number])[],
  now: { freeBytes: number; policy: View['policy']; atMs: number },
): number | null {
  const { freeBytes, policy, atMs } = now;
  const points = [...samples.filter(([at]) => at < atMs), [atMs, freeBytes] as const];
  if (points.length < trendMin) return null;
  const mean = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0) / numbers.length;
  const middleAt = mean(points.map(([at]) => at));
  const middleFree = mean(points.map(([, free]) => free));
  const sum = (of: (at: number, free: number) => number): number =>
    points.reduce((total, [at, free]) => total + of(at - middleAt, free - middleFree), 0);
  const [xx, xy, yy] = [sum((x) => x * x), sum((x, y) => x * y), sum((_, y) => y * y)];
  const slope = xy / xx;
  // Rotation makes a saw, and a log that is compacted one step: neither lies on a line.
  const onLine = yy > 0 && (xy * xy) / (xx * yy) > 0.8;
  if (!onLine || slope >= 0) return null;
  const leftMs = (freeBytes - policy.diskFloorBytes) / -slope;
  return leftMs <= policy.diskAheadMs ? leftMs : null;
}
