/** One state of the model, and the short text that says when two of them behave alike. */
import type { GateName, RestoreEvent } from '../../src/restore/record/events.ts';
import {
  type Gate,
  hasTouchedHosts,
  type RestoreState,
  rewindsOf,
  summaryOf,
} from '../../src/restore/record/state.ts';
import type { Ledger } from './ledger.ts';
import { policy } from './world.ts';

export interface ModelState {
  readonly restore: RestoreState;
  readonly now: number;
  /** The person who lost the right to sign, or `nobody`. */
  readonly fallen: number;
  /** What a worker or a person's request has decided and not written yet. */
  readonly held: Held | null;
  readonly ledger: Ledger;
}

export interface Held {
  readonly seq: number;
  readonly events: readonly RestoreEvent[];
  readonly decidedAt: number;
  /** What a person pressed; `null` for a worker. */
  readonly press: string | null;
}

const gateNames: readonly GateName[] = ['stop', 'commit', 'go-back'];

/**
 * The canonical key: two states with the same key have the same future. Instants are kept as ages and remainders, cut
 * off where no rule looks any further; who did what is dropped once no rule asks for it.
 */
export function keyOf({ restore, now, fallen, held, ledger }: ModelState): string {
  if (restore.ended !== null) return `end ${restore.ended.outcome}`;
  const position = `${restore.done.length}${restore.current === null ? '' : 'c'}${restore.stuck === null ? '' : 's'}`;
  if (restore.phase === 'undo') return `undo ${position} ${fallen} ${ledger.undoing}`;
  const gates = gateNames.map((name) => gateKey(restore.gates[name], now)).join('|');
  const order = restore.commitOrdered === null ? '' : mark(restore.commitOrdered.digest);
  const look =
    restore.look === null
      ? ''
      : `${left(restore.look.until, now)}${restore.look.remindedAt === null ? '' : 'm'}${restore.look.released === null ? '' : 'r'}${restore.look.stopped ? 's' : ''}${restore.look.unclean ? 'u' : ''}`;
  const touched = hasTouchedHosts(restore) ? 't' : '';
  const editors = restore.edits.map(({ person }) => who(person.id)).join('');
  const taken = `${rewindsOf(restore)}${editors}${restore.paused === null ? '' : 'p'}${mark(summaryOf(restore)?.commitDigest ?? '')}`;
  return `${position}${touched} ${taken} ${gates} ${order} ${look} ${fallen} ${heldKey(held, now)} ${ledgerKey(ledger, now)}`;
}

function gateKey(gate: Gate | undefined, now: number): string {
  if (gate === undefined) return '';
  if (gate.status === 'passed')
    return `p${gate.signOffs
      .map((signOff) => who(signOff.person.id))
      .sort()
      .join('')}`;
  if (gate.status !== 'open') return gate.status;
  const signOffs = gate.signOffs.map((signOff) => `${who(signOff.person.id)}${age(signOff.at, now)}`).sort();
  return `${mark(gate.digest)}${gate.needed}${left(gate.expiresAt, now)}${signOffs.join('')}`;
}

function heldKey(held: Held | null, now: number): string {
  if (held === null) return '';
  if (held.press !== null) return `${held.press}${age(held.decidedAt, now)}`;
  const what = held.events.map((event) =>
    event.type === 'gate-passed'
      ? event.signers
          .map((signer) => who(signer.id))
          .sort()
          .join('')
      : event.type,
  );
  return `${what.join('+')}${age(held.decidedAt, now)}`;
}

function ledgerKey(ledger: Ledger, now: number): string {
  // A slow worker is judged by when it decided, so a vote is looked at for twice its life at most.
  const votes = ledger.votes
    .map(
      (vote) =>
        `${vote.gate[0] ?? ''}${mark(vote.digest)}${who(vote.person)}${Math.min(now - vote.at, 2 * policy.signOffTtlMs)}`,
    )
    .sort();
  const order = ledger.order === null ? '' : mark(ledger.order.digest);
  return `${votes.join('')};${[...ledger.declined].sort().join()};${order};${ledger.commits}${ledger.released ? 'r' : ''}${ledger.unanswered ? 'u' : ''}${ledger.reminded ? 'm' : ''}${ledger.reconciledByOthers ? 'o' : ''}`;
}

/** `T1:UBO#2` → `B2`: enough to tell the few people of the model apart. */
function who(id: string): string {
  const again = id.indexOf('#');
  return `${id[4] ?? ''}${again < 0 ? '' : id.slice(again + 1)}`;
}

/** The last sign of `d1`, `c2`: the gate tells the rest. Digests of the way back are long, and there is one. */
function mark(digest: string): string {
  return digest.length > 4 ? 'g' : digest.slice(1);
}

const age = (at: number, now: number): number => Math.min(now - at, policy.signOffTtlMs);
const left = (until: number, now: number): number => Math.max(0, until - now);
