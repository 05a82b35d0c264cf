/**
 * What comes next, from the journal and the time alone. Pure, so that every interleaving of votes, ticks and
 * crashes can be tried over the very code that runs.
 */
import type { GateName, RestoreEvent } from '../record/events.ts';
import type { StepName } from '../record/facts.ts';
import { graceOf } from '../record/look.ts';
import { type Gate, nextItem, type RestoreState, restoredAgeMs, summaryOf } from '../record/state.ts';
import { judgeGate, livingSignOffs, signersNeeded } from './gates.ts';
import { dueCalls, nextCallAt } from './questions.ts';
import { type SignersSeen, settleSigners } from './standing.ts';
import { statementOf } from './statement.ts';

type Next =
  | { readonly kind: 'run'; readonly step: StepName }
  | { readonly kind: 'append'; readonly events: readonly RestoreEvent[] }
  /** Nothing to do before `until` (null: before a person does something). */
  | { readonly kind: 'wait'; readonly until: number | null }
  | { readonly kind: 'rest' };

/**
 * The one next thing to do for a restore at `now`; since `heardSince` the bot was there to hear what people want. Where that is to
 * wait for people, they are reminded first, and others called, when it is time for that.
 */
export function decideNext(state: RestoreState, now: number, heardSince = 0): Next {
  const next = decideProgress(state, now, heardSince);
  if (next.kind !== 'wait') return next;
  const events = dueCalls(state, now);
  return events.length > 0
    ? { kind: 'append', events }
    : { kind: 'wait', until: earlier(next.until, nextCallAt(state, now)) };
}

function earlier(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

function decideProgress(state: RestoreState, now: number, heardSince: number): Next {
  if (state.ended !== null) return { kind: 'rest' };
  const goBack = decideGoBack(state, now);
  if (goBack?.kind === 'append') return goBack;
  if (state.stuck !== null) return { kind: 'wait', until: goBack?.until ?? null };
  // Paused: votes and their clocks go on, and nothing is begun.
  if (state.paused !== null) return decidePaused(state, { now, goBackUntil: goBack?.until ?? null });
  const item = nextItem(state);
  if (item === null) return { kind: 'append', events: [endOf(state)] };
  switch (item.kind) {
    case 'step':
      return { kind: 'run', step: item.name };
    case 'gate':
      return decideGate(state, { name: item.name, now });
    case 'look':
      return decideLook(state, { now, heardSince, goBackUntil: goBack?.until ?? null });
  }
}

/** A gate may still lapse or be declined meanwhile; it does not pass. */
function decidePaused(state: RestoreState, at: { now: number; goBackUntil: number | null }): Next {
  const item = nextItem(state);
  const next = item?.kind === 'gate' ? decideGate(state, { name: item.name, now: at.now }) : null;
  if (next?.kind === 'wait') return next;
  if (next?.kind === 'append' && !next.events.some((event) => event.type === 'gate-passed')) return next;
  return { kind: 'wait', until: at.goBackUntil };
}

function decideGoBack(
  state: RestoreState,
  now: number,
): { kind: 'append'; events: readonly RestoreEvent[] } | { kind: 'wait'; until: number | null } | null {
  const gate = state.gates['go-back'];
  if (gate?.status !== 'open') return null;
  const verdict = judgeGate(gate, { policy: state.proposal.policy, now });
  if (verdict.kind === 'satisfied') return { kind: 'append', events: [passed(state, { gate, now })] };
  if (verdict.kind === 'expired')
    return { kind: 'append', events: [{ type: 'gate-expired', gate: 'go-back' }] };
  return { kind: 'wait', until: gate.expiresAt };
}

function decideGate(state: RestoreState, at: { name: GateName; now: number }): Next {
  const { policy } = state.proposal;
  const gate = state.gates[at.name];
  if (gate === undefined) return { kind: 'append', events: [opening(state, at)] };
  // What was to be signed was made again and came out differently: the old signatures are for something else.
  if (gate.status === 'open' && gate.digest !== digestToSign(state, at.name)) {
    return { kind: 'append', events: [opening(state, at)] };
  }
  const verdict = judgeGate(gate, { policy, now: at.now });
  switch (verdict.kind) {
    case 'declined':
      return { kind: 'append', events: afterDecline(state, gate) };
    case 'expired':
      return { kind: 'append', events: afterExpiry(state, { ...at, gate }) };
    case 'waiting':
      return { kind: 'wait', until: gate.expiresAt };
    case 'satisfied': {
      if (at.name === 'commit' && state.commitOrdered?.digest !== gate.digest) {
        const last = Math.max(...livingSignOffs(gate, { policy, now: at.now }).map((signOff) => signOff.at));
        return { kind: 'wait', until: last + policy.commitWindowMs };
      }
      return { kind: 'append', events: [passed(state, { gate, now: at.now })] };
    }
  }
}

/** A decline ends the restore at the stop, and puts everything back at the commit. */
function afterDecline(state: RestoreState, gate: Gate): readonly RestoreEvent[] {
  if (gate.name === 'stop') {
    return [{ type: 'restore-ended', outcome: 'declined', message: 'Declined before any host was touched.' }];
  }
  const person = gate.declinedBy ?? state.proposal.requester;
  return [{ type: 'abort-ordered', person, reason: 'the commit was declined' }];
}

/** At the stop nothing was touched: it ends. At the commit hosts are isolated: the gate opens again, unsigned. */
function afterExpiry(
  state: RestoreState,
  at: { name: GateName; now: number; gate: Gate },
): readonly RestoreEvent[] {
  const expired: readonly RestoreEvent[] =
    at.gate.status === 'expired' ? [] : [{ type: 'gate-expired', gate: at.name }];
  return at.name === 'stop'
    ? [
        ...expired,
        {
          type: 'restore-ended',
          outcome: 'expired',
          message: 'Nobody approved in time; no host was touched.',
        },
      ]
    : [...expired, opening(state, at)];
}

function opening(state: RestoreState, at: { name: GateName; now: number }): RestoreEvent {
  const { policy } = state.proposal;
  const digest = digestToSign(state, at.name);
  const needed = signersNeeded({ gate: at.name, policy, backupAgeMs: restoredAgeMs(state) });
  const statement = statementOf(state, { intent: at.name, digest, needed, issuedAt: at.now });
  return {
    type: 'gate-opened',
    gate: at.name,
    digest,
    needed,
    expiresAt: at.now + policy.signOffTtlMs,
    ...(statement !== null && { statement }),
  };
}

function digestToSign(state: RestoreState, gate: GateName): string {
  const digest = gate === 'stop' ? state.facts.preview?.planDigest : summaryOf(state)?.commitDigest;
  if (digest === undefined) throw new Error(`gate ${gate} has nothing to sign`);
  return digest;
}

function passed(state: RestoreState, at: { gate: Gate; now: number }): RestoreEvent {
  const signOffs = livingSignOffs(at.gate, { policy: state.proposal.policy, now: at.now });
  return {
    type: 'gate-passed',
    gate: at.gate.name,
    digest: at.gate.digest,
    signers: signOffs.map((signOff) => signOff.person),
  };
}

/**
 * Its time alone lets it reconcile, which cannot be undone: so only after people were reminded, and had all of the grace
 * since then to answer. A bot that was away, or did not reach Slack, was no answer.
 */
function decideLook(
  state: RestoreState,
  at: { now: number; heardSince: number; goBackUntil: number | null },
): Next {
  const { policy } = state.proposal;
  const { now, goBackUntil } = at;
  const { look } = state;
  if (look === null) {
    return { kind: 'append', events: [{ type: 'look-opened', until: now + policy.secondLookMs }] };
  }
  // While people vote on going back, time alone does not let it reconcile; nor while they have not answered to a change.
  if (goBackUntil !== null || look.stopped || policy.release === 'people') {
    return { kind: 'wait', until: goBackUntil };
  }
  const grace = graceOf(policy);
  const isReminded = look.remindedAt !== null && at.heardSince <= look.until - grace;
  if (isReminded) {
    return now >= look.until
      ? { kind: 'append', events: [{ type: 'release-ordered', person: null }] }
      : { kind: 'wait', until: look.until };
  }
  const remindAt = look.until - grace;
  return now >= remindAt
    ? { kind: 'append', events: [{ type: 'look-reminded', until: Math.max(look.until, now + grace) }] }
    : { kind: 'wait', until: remindAt };
}

/** True for the decisions by which time alone lets it reconcile: the reminder, and the release. */
export function releasesByTime(events: readonly RestoreEvent[]): boolean {
  return events.some(
    (event) => event.type === 'look-reminded' || (event.type === 'release-ordered' && event.person === null),
  );
}

function endOf(state: RestoreState): RestoreEvent {
  if (state.phase === 'forward') {
    return { type: 'restore-ended', outcome: 'completed', message: 'Restored and verified.' };
  }
  const how =
    state.undoReason === 'abort'
      ? 'Everything was put back before a commit.'
      : 'Everything was put back after the commit.';
  return { type: 'restore-ended', outcome: 'undone', message: how };
}

/** True for the decision that sends the commit. */
export function passesCommit(events: readonly RestoreEvent[]): boolean {
  return events.some((event) => event.type === 'gate-passed' && event.gate === 'commit');
}

/**
 * What is left of a decision that sends the commit, once the signers were looked up: asking takes time, so the clock is judged
 * again. Sign-offs that fell are written first, and then it is decided anew; empty when that has to be done in any case.
 */
export function holdCommitBack(
  state: RestoreState,
  due: { events: readonly RestoreEvent[]; seen: SignersSeen; now: number },
): readonly RestoreEvent[] {
  const { events, seen, now } = due;
  const gate = state.gates.commit;
  if (gate === undefined) return [];
  const { fell, refusal } = settleSigners(gate, seen);
  if (fell.length > 0) {
    const person = state.commitOrdered?.person ?? state.proposal.requester;
    const refused: readonly RestoreEvent[] =
      refusal === null
        ? []
        : [{ type: 'refused', person, what: 'commit', code: refusal.code, message: refusal.message }];
    return [...refused, ...fell];
  }
  const again = decideNext(state, now);
  if (refusal !== null || again.kind !== 'append' || !passesCommit(again.events)) return [];
  const standing = new Set(seen.standing.map(({ id }) => id));
  // Whoever could not be looked up is not needed, and carries nothing.
  return events.map((event) =>
    event.type === 'gate-passed'
      ? { ...event, signers: event.signers.filter(({ id }) => standing.has(id)) }
      : event,
  );
}
