/** What people sign with keys of their own, and hosts verify: made from what the journal says, so that nobody words it twice. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../aurora/canonical-json.ts';
import { recoveryFlags } from '../../aurora/restore-flags.ts';
import type { Intent, SignedStatement, Statement } from '../../aurora/statement.ts';
import { authorsOf } from '../record/rewinds.ts';
import { leftOutOf, type RestoreState, summaryOf } from '../record/state.ts';

/** From its issue: longer than a night of waiting for people, and short enough not to lie around. */
export const statementLifeMs = 12 * 60 * 60_000;

/** After the commit: whoever opens a form has at least the rest of a life of it to sign. */
const issuedEveryMs = statementLifeMs / 2;

interface Asking {
  readonly intent: Intent;
  /** What a sign-off binds to. */
  readonly digest: string;
  readonly needed: number;
  readonly issuedAt: number;
}

/** `null` where the policy asks nobody for a signature. */
export function statementOf(state: RestoreState, asking: Asking): Statement | null {
  const { proposal } = state;
  const { policy } = proposal;
  if (policy.signatures === undefined) return null;
  const { intent, digest, needed, issuedAt } = asking;
  const leftOut = leftOutOf(state);
  const blast = (summaryOf(state) ?? state.facts.preview)?.blast;
  return {
    version: 1,
    intent,
    cluster: proposal.cluster,
    restore: state.restoreId,
    digest,
    journal: state.origin,
    procedure: proposal.procedure,
    hosts: [...proposal.hosts].sort(),
    backup: proposal.of === undefined ? proposal.backup.sha256 : null,
    oldLogOf: proposal.of ?? null,
    staged: summaryOf(state)?.stagedSetDigest ?? null,
    leftOut: {
      tasks: leftOut.length,
      sha256: createHash('sha256').update(canonicalJson(leftOut)).digest('hex'),
    },
    flags: recoveryFlags(proposal.auroraVersion),
    authors: intent === 'commit' ? [...authorsOf(state)].sort() : [],
    tasks:
      blast === undefined
        ? null
        : { killed: blast.killed, startedAgain: blast.rescheduled, kept: blast.kept },
    needed,
    releasesAfterMs: policy.release === 'people' ? null : policy.secondLookMs,
    issuedAt,
    expiresAt: issuedAt + statementLifeMs,
  };
}

/**
 * For going back and for letting it reconcile, newest first: issued in steps from the order to commit on, so that everybody who
 * signs meanwhile signs the same, and whoever was shown the one before may still sign that. Empty as above, and before the commit.
 */
export function statementsAfterCommit(
  state: RestoreState,
  { now, ...asking }: Omit<Asking, 'issuedAt'> & { readonly now: number },
): readonly Statement[] {
  if (state.commitOrdered === null) return [];
  const { at } = state.commitOrdered;
  const newest = Math.max(0, Math.floor((now - at) / issuedEveryMs));
  return [newest, newest - 1]
    .filter((step) => step >= 0)
    .map((step) => statementOf(state, { ...asking, issuedAt: at + step * issuedEveryMs }))
    .filter((statement) => statement !== null);
}

/** All that people have signed with keys of their own and that stands: what goes to agents with every grant. */
export function signedStatements({ gates, look }: RestoreState): readonly SignedStatement[] {
  const signed = [gates.stop, gates.commit, gates['go-back']].flatMap((gate) => {
    if (gate?.status !== 'passed' || gate.statement === null) return [];
    const proofs = gate.signOffs.flatMap(({ proof }) => proof ?? []);
    return proofs.length === 0 ? [] : [{ statement: gate.statement, proofs }];
  });
  return look?.releaseSigned == null ? signed : [...signed, look.releaseSigned];
}
