/** Whether what people signed, as a grant brings it, lets an operation be done. Pure: roster, state and time come in. */
import { sameHost } from '../../aurora/host-names.ts';
import { operationDefinitions } from '../../aurora/operations/all.ts';
import type { OperationRequest } from '../../aurora/operations.ts';
import { recoveryToolFlags, sameFlags } from '../../aurora/restore-flags.ts';
import { type Intent, type Statement, statementHash } from '../../aurora/statement.ts';
import type { Roster } from '../../signing/roster.ts';
import { countSigners, faultOfTime } from '../../signing/verify-statement.ts';
import type { HostState } from './host-state.ts';
import { isUnderWay } from './needs.ts';

interface Judging {
  readonly roster: Roster;
  readonly state: HostState;
  readonly host: string;
  readonly cluster: string;
  readonly now: number;
  readonly clockSkewMs: number;
}

interface Proven {
  readonly proven: Intent;
  /** Who signed, by their stable ids. */
  readonly people: readonly string[];
  /** What decided first. */
  readonly statements: readonly [Statement, ...Statement[]];
}

type Judged =
  | { readonly granted: Proven; readonly refusal: null }
  | {
      readonly granted: null;
      readonly refusal: { readonly rule: 'proofs' | 'statement' | 'signed-content'; readonly says: string };
    };

/** Which intents are good for which: whoever signed the later has seen the earlier. */
const goodFor: Readonly<Record<Intent, readonly Intent[]>> = {
  stop: ['stop', 'commit', 'go-back'],
  commit: ['commit'],
  'go-back': ['go-back'],
  release: ['release'],
};

const words: Readonly<Record<Intent, string>> = {
  stop: 'the stop',
  commit: 'the commit',
  'go-back': 'going back',
  release: 'letting it reconcile',
};

/** Places that have to be filled, whatever a statement says of itself. */
const leastPlaces: Readonly<Record<Intent, number>> = { stop: 1, commit: 2, 'go-back': 2, release: 1 };

/** Kinds that cannot be done twice and are done at once: their statement must be good at this very instant. */
const committing: readonly string[] = ['commit-recovery', 'run-recovery-tool'];

/** The best of the statements decides; when none is good, the one that is nearest is spoken of. */
export function judgeProofs(request: OperationRequest, need: Intent, judging: Judging): Judged {
  return need === 'release' ? judgeRelease(request, judging) : judgeIntent(request, need, judging);
}

interface Weighed {
  readonly statement: Statement;
  readonly people: readonly string[];
  readonly places: number;
  readonly needed: number;
  /** Why the statement is not about this operation; `null` when it is. */
  readonly fault: string | null;
  readonly refused: readonly string[];
}

function judgeIntent(request: OperationRequest, need: Intent, judging: Judging): Judged {
  const weighed = weigh(request, judging).filter(({ statement }) => goodFor[need].includes(statement.intent));
  const good = weighed.find(({ fault, places, needed }) => fault === null && places >= needed);
  if (good === undefined) return { granted: null, refusal: refusalOf(request, { need, weighed, judging }) };
  const differs = faultOfContent(request, good.statement);
  if (differs !== null) return { granted: null, refusal: { rule: 'signed-content', says: differs } };
  return { granted: { proven: need, people: good.people, statements: [good.statement] }, refusal: null };
}

/** One of those who signed the commit lets it go on, or the time that they gave it with the commit has passed here. */
function judgeRelease(request: OperationRequest, judging: Judging): Judged {
  const commit = judgeIntent(request, 'commit', judging);
  if (commit.granted === null) return commit;
  const { statements: committed } = commit.granted;
  const weighed = weigh(request, judging)
    .filter(({ statement }) => statement.intent === 'release')
    .map((release) => ofSigners(release, commit.granted.people, judging.roster));
  const good = weighed.find(({ fault, places, needed }) => fault === null && places >= needed);
  const statements = good === undefined ? committed : ([...committed, good.statement] as const);
  const people = [...new Set([...commit.granted.people, ...(good?.people ?? [])])];
  if (good !== undefined || hasWaited(committed[0], judging))
    return { granted: { proven: 'release', people, statements }, refusal: null };
  return { granted: null, refusal: refusalOf(request, { need: 'release', weighed, judging }) };
}

/** Whoever has not seen what the commit would do does not let it go on. */
function ofSigners(release: Weighed, signers: readonly string[], roster: Roster): Weighed {
  const people = release.people.filter((person) => signers.includes(person));
  const others = release.people
    .filter((person) => !signers.includes(person))
    .map((person) => `${nameOf(person, roster)} has not signed the commit.`);
  return { ...release, people, places: people.length, refused: [...release.refused, ...others] };
}

function nameOf(person: string, roster: Roster): string {
  return roster.people.get(person)?.name ?? person;
}

/** By this host's own journal, so that nobody can say that it began earlier. */
function hasWaited(commit: Statement, { state, now }: Judging): boolean {
  const since = state.lookedAtSince.get(statementHash(commit));
  return commit.releasesAfterMs !== null && since !== undefined && now - since >= commit.releasesAfterMs;
}

function weigh(request: OperationRequest, judging: Judging): readonly Weighed[] {
  const { statements = [] } = request.grant;
  const faults = statements.map(({ statement }) => faultOfStatement(request, statement, judging));
  return statements.map((signed, index) => {
    const { people, places, refused } = countSigners(signed, judging);
    const { intent, needed } = signed.statement;
    return {
      statement: signed.statement,
      people,
      places,
      needed: Math.max(needed, leastPlaces[intent]),
      fault: faults[index] ?? null,
      refused,
    };
  });
}

/** A sentence; `null` when it is about this restore of this cluster on this host, now. */
function faultOfStatement(
  { kind, grant: { payload } }: OperationRequest,
  statement: Statement,
  { state, host, cluster, now, clockSkewMs }: Judging,
): string | null {
  const { restoreId } = payload;
  if (statement.restore !== restoreId)
    return `It is about restore ${statement.restore}, and this is ${restoreId}.`;
  if (statement.cluster !== cluster)
    return `It is about cluster ${statement.cluster}, and this is ${cluster}.`;
  if (!statement.hosts.some((name) => sameHost(name, host))) return `It does not name ${host}.`;
  const journal = state.journals.get(restoreId);
  if (journal !== undefined && journal !== statement.journal)
    return `It is about another restore that is called ${restoreId} as well.`;
  const commits = committing.includes(kind);
  if (commits && statement.digest !== payload.digest)
    return 'The grant names another digest than was signed.';
  const since = state.used.get(statementHash(statement));
  // Taken here in time, and still at work: a restore may last longer than people's statements do.
  if (!commits && since !== undefined && isUnderWay(state, restoreId)) return null;
  return faultOfTime(statement, { now, skewMs: clockSkewMs });
}

/** What the arguments must have to do with what was signed; a sentence, or `null`. */
function faultOfContent(request: OperationRequest, statement: Statement): string | null {
  switch (request.kind) {
    case 'commit-recovery':
      return statement.procedure === 'staged' ? null : `What was signed is not a commit of what is staged.`;
    case 'run-recovery-tool': {
      const { sha256, flags } = operationDefinitions['run-recovery-tool'].params.parse(request.params);
      if (statement.procedure !== 'recovery-tool')
        return 'What was signed is not a run of the recovery tool.';
      if (sha256 !== statement.backup) return 'The backup is another one than was signed.';
      return sameFlags(recoveryToolFlags, flags)
        ? null
        : 'The tool would get other flags than a restore gives it.';
    }
    case 'place-backup':
      return operationDefinitions['place-backup'].params.parse(request.params).sha256 === statement.backup
        ? null
        : 'The backup is another one than was signed.';
    case 'bring-back-log':
      return operationDefinitions['bring-back-log'].params.parse(request.params).of === statement.oldLogOf
        ? null
        : 'The old log is that of another restore than was signed.';
    default:
      return null;
  }
}

function refusalOf(
  { kind, grant }: OperationRequest,
  { need, weighed, judging }: { need: Intent; weighed: readonly Weighed[]; judging: Judging },
): { rule: 'proofs' | 'statement'; says: string } {
  const nearest = weighed.toSorted((a, b) => b.places - a.places);
  const about = nearest.find(({ fault }) => fault === null);
  if (about !== undefined) {
    const { places, needed, people, refused } = about;
    const names = people.map((person) => nameOf(person, judging.roster)).join(' and ');
    const who = people.length === 0 ? '' : ` (${names})`;
    return {
      rule: 'proofs',
      says: [`${kind} has ${places} of ${needed} signatures for ${words[need]}${who}.`, ...refused].join(' '),
    };
  }
  const [first] = nearest;
  if (first !== undefined)
    return {
      rule: 'statement',
      says: `What was signed for ${words[need]} does not count here. ${first.fault ?? ''}`,
    };
  const others = grant.statements?.map(({ statement }) => words[statement.intent]) ?? [];
  const has =
    others.length === 0 ? 'no signature of a person' : `signatures for ${others.join(' and ')} only`;
  return {
    rule: 'proofs',
    says: `${kind} needs ${words[need]} signed by ${leastPlaces[need]} or more people of the roster, and the grant brings ${has}.`,
  };
}
