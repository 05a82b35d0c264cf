/**
 * Whose sign-offs stand at the instant of the commit: what counts is whether enough of them do. One who may not sign any
 * more loses the sign-off, and another one can sign at once; whom Slack does not answer about counts nobody, and loses nothing.
 */
import type { EventOf } from '../record/events.ts';
import type { Gate } from '../record/state.ts';
import type { Actor } from '../record/words.ts';
import { countPlaces, type Refusal } from './gates.ts';

/** The signers of a gate as Slack knows them now. */
export interface SignersSeen {
  readonly standing: readonly Actor[];
  readonly fallen: readonly { readonly signer: Actor; readonly refusal: Refusal }[];
  /** Why somebody of them cannot be judged at this moment; `null` when all could. */
  readonly unknown: Refusal | null;
}

/** What is written of those who fell, and why that leaves too few; a `null` refusal when enough stand. */
export function settleSigners(
  gate: Gate,
  seen: SignersSeen,
): { readonly fell: readonly EventOf<'sign-off-fell'>[]; readonly refusal: Refusal | null } {
  const { standing, fallen, unknown } = seen;
  const fell = fallen.map(({ signer, refusal }) => ({
    type: 'sign-off-fell' as const,
    gate: gate.name,
    digest: gate.digest,
    person: signer,
    message: refusal.message,
  }));
  const missing = gate.needed - countPlaces(gate, standing);
  if (missing <= 0) return { fell, refusal: null };
  return { fell, refusal: unknown ?? fellShort(fallen[0]?.refusal.message ?? '', missing) };
}

function fellShort(message: string, missing: number): Refusal {
  return {
    code: 'signer-fell',
    message,
    hint: `${missing} more sign-off${missing === 1 ? ' is' : 's are'} needed: anybody who can sign does so now, in the newest message of the thread.`,
  };
}
