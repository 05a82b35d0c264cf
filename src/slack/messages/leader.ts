/** `/aurora leader`: the fact, what agrees with it, and what to do next. */
import { releaseOf } from '../../aurora/releases.ts';
import { explainStray } from '../../aurora/strays.ts';
import type { LeaderFacts, LeaderFinding } from '../../leader/describe-leader.ts';
import { listRows, type Message, message, section } from '../blocks.ts';
import { code, foreign, sentence } from '../escape.ts';
import { count, durationText } from '../time.ts';

/** `ownRestore` is the restore of ours that goes on in this cluster, if one does; `nowMs` is what ages are counted to. */
export function renderLeader(facts: LeaderFacts, ownRestore: string | null, nowMs: number): Message {
  const silent = facts.hosts.filter((host) => host.why !== null);
  return message([
    ...findingLines(facts, facts.finding, ownRestore).map(section),
    ...strayLines(facts, nowMs).map(section),
    ...flagLines(facts).map(section),
    ...(silent.length === 0
      ? []
      : [
          section(
            listRows(
              silent.map((host) => `Not seen: ${foreign(host.host, 80)}. ${sentence(host.why ?? '', 200)}`),
              7,
            ),
          ),
        ]),
  ]);
}

/** What else is under the serverset path: each with what it does, its age, and the command that removes it. */
function strayLines({ strays, zookeeper }: LeaderFacts, now: number): string[] {
  if (strays.length === 0) return [];
  const rows = strays.map((stray) => {
    const words = explainStray(stray, { servers: zookeeper, now, ageText: durationText });
    return `• ${foreign(words.sentence, 400)} ${words.next} ${code(words.command, 400)}`;
  });
  return [`*Entries in ZooKeeper that are not the leader's:*\n${listRows(rows, 5)}`];
}

/** Flags are told when nobody leads: with a leader they are the next step 1's matter. */
function flagLines({ finding, flagFaults }: LeaderFacts): string[] {
  if (finding.kind === 'leads' || flagFaults.length === 0) return [];
  const rows = flagFaults.map(({ host, says }) => `• ${foreign(host, 80)}: ${foreign(says, 300)}`);
  return [
    `*No scheduler survives these flags:*\n${listRows(rows, 9)}\nCorrect them in the flag file of each host, and start its scheduler again.`,
  ];
}

function findingLines(facts: LeaderFacts, finding: LeaderFinding, ownRestore: string | null): string[] {
  const cluster = code(facts.cluster);
  switch (finding.kind) {
    case 'leads':
      return leadsLines(facts, finding);
    case 'nobody':
      return nobodyLines(facts, finding, ownRestore);
    case 'several':
      return [
        `*ZooKeeper names ${finding.members.length} leaders of ${cluster}:* ${finding.members.map((member) => code(member)).join(', ')}.`,
        'Clients then find no leader. This clears within a ZooKeeper session; if it does not, look for a second cluster on the same serverset path.',
      ];
    case 'malformed':
      return [
        `*Nobody is advertised as the leader of ${cluster}:* ZooKeeper has only entries that name nobody: ${foreign(finding.problems.join('; '), 600)}.`,
        `Compare the serverset path in the configuration with \`-serverset_path\` of the schedulers.`,
        ...claimLines(facts),
      ];
    case 'unreachable':
      return [
        `*ZooKeeper of ${cluster} cannot be asked:* ${sentence(finding.message)}`,
        sentence(finding.hint),
      ];
  }
}

/** A scheduler that leads by its own word alone is found by no client. */
function claimLines({ claimants }: LeaderFacts): string[] {
  if (claimants.length === 0) return [];
  const says = claimants.length === 1 ? 'says that it leads' : 'say that they lead';
  return [
    `${foreign(claimants.join(' and '), 200)} ${says}, and ZooKeeper does not name ${claimants.length === 1 ? 'it' : 'them'}: clients do not find it. Ask again in ten seconds; if that does not change, look at the log of that scheduler.`,
  ];
}

function leadsLines(facts: LeaderFacts, finding: LeaderFinding & { kind: 'leads' }): string[] {
  const { host, endpoint, upMs, doubts, standby } = finding;
  const address = `${foreign(endpoint.host, 100)}:${endpoint.port}`;
  const up = upMs === null ? '' : `, its process up for ${durationText(upMs)}`;
  const named = `*${host === null ? address : foreign(host, 80)} leads ${code(facts.cluster)}* (${address})${up} · Aurora ${code(facts.auroraVersion)}`;
  const first =
    facts.claimants.length === 0 || (host !== null && doubts.length === 0)
      ? named
      : `*ZooKeeper names ${host === null ? address : foreign(host, 80)} as the leader of ${code(facts.cluster)}* (${address}), *and ${foreign(facts.claimants.join(' and '), 200)} ${facts.claimants.length === 1 ? 'says that it leads' : 'say that they lead'}* · Aurora ${code(facts.auroraVersion)}`;
  const waiting = `Standing by: ${standby.length === 0 ? 'nobody' : foreign(standby.join(', '))}.`;
  const replicas =
    facts.logReplicas === null ? '' : ` Log replicas: ${facts.logReplicas} of ${facts.hosts.length}.`;
  if (host === null) {
    return [
      first,
      `That host is not in the configuration of this bot: a restore would miss it. ${waiting}${replicas}`,
    ];
  }
  if (doubts.length > 0) {
    return [
      first,
      `*Only ZooKeeper says so:* ${doubts.map((doubt) => sentence(doubt, 250)).join('; ')}. Ask again in ten seconds; if that does not change, look at the log of that scheduler. ${waiting}${replicas}`,
    ];
  }
  const spoilt = finding.healthAgrees
    ? 'ZooKeeper, its own health page and its lifecycle agree.'
    : 'ZooKeeper and its lifecycle agree; health pages and clients do not, because of an entry in ZooKeeper.';
  const agree = releaseOf(facts.auroraVersion).leaderHealth
    ? spoilt
    : `ZooKeeper and its lifecycle agree; Aurora ${facts.auroraVersion} has no health page.`;
  return [first, `${agree} ${waiting}${replicas}`];
}

function nobodyLines(
  facts: LeaderFacts,
  { candidates, elected, claims }: LeaderFinding & { kind: 'nobody' },
  ownRestore: string | null,
): string[] {
  const cluster = code(facts.cluster);
  const waiting =
    candidates.length === 0
      ? 'no candidate waits: no scheduler runs, or none reaches ZooKeeper'
      : `${count(candidates.length, 'candidate')} ${candidates.length === 1 ? 'waits' : 'wait'}, none has registered`;
  return [
    `*Nobody leads ${cluster}.* ZooKeeper answers; ${waiting}.`,
    ...(elected === null ? [] : [electedLine(elected)]),
    ...claimLines(facts),
    ...(claims === null ? [] : [`${sentence(claims.sentence)} ${sentence(claims.next)}`]),
    ...(ownRestore === null
      ? nextLines(facts)
      : [
          `Our restore ${foreign(ownRestore, 20)} is in progress there: \`/aurora status ${foreign(facts.cluster, 60)}\`.`,
        ]),
  ];
}

/** First the cure that is not a restore; backups come last, for when it did not help. What is told above is not told again. */
function nextLines({ cluster, diagnosis, finding }: LeaderFacts): string[] {
  const isTold = finding.kind === 'nobody' && (finding.elected !== null || finding.claims !== null);
  const { says, cure } = diagnosis;
  return [
    `*Before you consider a restore:* ${isTold ? '' : `${sentence(says, 300)} `}${sentence(cure, 400)}`,
    `If that does not help: \`/aurora backups ${foreign(cluster, 60)}\`. No restore of this bot is in progress.`,
  ];
}

function electedLine(elected: NonNullable<(LeaderFinding & { kind: 'nobody' })['elected']>): string {
  const host = foreign(elected.host, 80);
  const up = elected.upMs === null ? '' : ` (its process is up for ${durationText(elected.upMs)})`;
  if (elected.storageReady === true) {
    return `${host} is elected${up} and its storage is ready; it waits to register with the Mesos master.`;
  }
  return elected.storageReady === false
    ? `${host} is elected${up} and its storage is not ready.`
    : `${host} is elected${up}; its storage did not answer.`;
}
