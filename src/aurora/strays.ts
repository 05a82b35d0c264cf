/**
 * Nodes under the serverset path that do not belong to who leads or waits: what each does to clients, where it comes from, and
 * how it is removed. Pure; what they do was seen on a real 0.23 (aurora.md 16), and applies whoever leads.
 */
import type { Cluster } from './cluster.ts';
import { sameEndpoint, sameHost } from './host-names.ts';
import type { Endpoint, LeaderAnswer, MemberEffect, MemberEntry, NodeOrigin } from './leader.ts';
import type { LeaderWords } from './leader-words.ts';
import type { Leadership } from './leadership.ts';
import { releaseOf } from './releases.ts';

export interface Stray {
  /** Why it is not the leader's, for a sentence. */
  readonly problem: string;
  /**
   * `misleads`: the only one that is counted, and not of who leads. `elects-nobody`: an election node that no configured host
   * has; whoever is elected stays so, and nobody is after it.
   */
  readonly effect: MemberEffect | 'misleads' | 'elects-nobody';
  readonly origin: NodeOrigin;
}

/** Of what one look saw, worst first. Where nobody can be said to lead, only what names nobody is a stray. */
export function findStrays(
  cluster: Pick<Cluster, 'hosts' | 'auroraVersion'>,
  answer: LeaderAnswer,
  leadership: Leadership,
): readonly Stray[] {
  if (answer.kind === 'unreachable') return [];
  const { entries = [] } = answer;
  const leads = whoLeads(answer, leadership);
  const own = entriesOf(cluster, leads, entries);
  const members = entries
    .filter((entry) => !own.includes(entry))
    .map(({ endpoint, problem, effect, origin }): Stray => {
      const names = endpoint === null ? 'nobody' : nameOf(cluster, endpoint);
      const other =
        names === leads ? `it is another one of ${names}` : `it names ${names}, and ${leads} leads`;
      return {
        problem: problem ?? other,
        effect: effect === 'counted' && answer.kind === 'one' ? 'misleads' : effect,
        origin,
      };
    });
  return [...members, ...strangersInElection(cluster, answer)].toSorted(
    (one, other) => severity.indexOf(one.effect) - severity.indexOf(other.effect),
  );
}

const severity: readonly Stray['effect'][] = ['breaks', 'counted', 'misleads', 'elects-nobody', 'skipped'];

/** The leader, or who alone says so of itself while the one that is advertised says it does not; `null` in any doubt. */
function whoLeads(answer: LeaderAnswer, { leader, advertised, registered }: Leadership): string | null {
  if (leader !== null) return leader.host;
  const [first, ...others] = registered;
  const denied =
    advertised !== null &&
    (advertised.host === null || (advertised.status !== null && advertised.doubts.length > 0));
  return answer.kind === 'one' && denied && others.length === 0 ? (first?.host ?? null) : null;
}

/** Those that are nobody's business: the leader's newest, as schedulers write it if there is such a one; without a leader all that count. */
function entriesOf(
  cluster: Pick<Cluster, 'hosts'>,
  leads: string | null,
  entries: readonly MemberEntry[],
): readonly MemberEntry[] {
  const counted = entries.filter(({ endpoint }) => endpoint !== null);
  if (leads === null) return counted;
  const [newest] = counted
    .filter(({ endpoint }) => endpoint !== null && nameOf(cluster, endpoint) === leads)
    .toSorted(
      (one, other) =>
        Number(one.problem !== null) - Number(other.problem !== null) ||
        other.origin.createdZxid - one.origin.createdZxid,
    );
  return newest === undefined ? [] : [newest];
}

function nameOf({ hosts }: Pick<Cluster, 'hosts'>, endpoint: Endpoint): string {
  const own = hosts.find(({ advertised, httpPort }) =>
    sameEndpoint({ host: advertised, port: httpPort }, endpoint),
  );
  return own?.name ?? `${endpoint.host}:${endpoint.port}`;
}

/** One that stays for ever and is nobody's holds up every election after this one. */
function strangersInElection(
  { hosts, auroraVersion }: Pick<Cluster, 'hosts' | 'auroraVersion'>,
  answer: Exclude<LeaderAnswer, { kind: 'unreachable' }>,
): Stray[] {
  if (!releaseOf(auroraVersion).electionNodesNameHosts) return [];
  return answer.candidates.flatMap(({ host, origin }) =>
    origin === undefined || hosts.some(({ advertised }) => sameHost(advertised, host))
      ? []
      : [
          {
            problem: `it is an election node of ${host === '' ? 'nobody' : host}`,
            effect: 'elects-nobody',
            origin,
          },
        ],
  );
}

const effects: Readonly<Record<Stray['effect'], string>> = {
  breaks: 'Every scheduler answers clients with HTTP 500 because of it.',
  counted:
    'Schedulers count it as a leader: while there are two, every one of them says that nobody leads (502).',
  misleads: 'Schedulers send clients there.',
  'elects-nobody': 'Who is elected stays so, but the next election waits for it.',
  skipped: 'Schedulers skip it; other clients may not.',
};

interface StrayWords extends LeaderWords {
  /** For a shell on a machine with ZooKeeper's own client. */
  readonly command: string;
}

/** What a stray is, does and how old it is, and the command that removes it. Plain text. */
export function explainStray(
  { problem, effect, origin }: Stray,
  about: {
    readonly servers: readonly string[];
    readonly now: number;
    readonly ageText: (ms: number) => string;
  },
): StrayWords {
  const age = about.ageText(Math.max(0, about.now - origin.createdAtMs));
  return {
    sentence: `${origin.path}: ${problem}. ${effects[effect]} It is ${origin.ephemeral ? 'ephemeral' : 'persistent'} and ${age} old.`,
    next: origin.ephemeral
      ? 'It goes when the session that made it ends. If it stays, find who made it, or remove it with'
      : 'It stays until somebody removes it with',
    command: `zkCli.sh -server ${about.servers.join(',')} delete ${shellWord(origin.path)}`,
  };
}

function shellWord(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
