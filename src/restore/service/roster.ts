/** The roster of keys at the moment of a decision: what cannot be read counts nobody, and is no error of whoever asks. */
import { AuroraError } from '../../aurora/errors.ts';
import type { RestoreDeps } from '../ports.ts';
import type { RestoreState } from '../record/state.ts';
import type { RosterSeen } from '../rules/proofs.ts';

/** `null` where the policy of this restore asks nobody for a signature of their own. */
export async function seeRoster(
  { signatures, clock }: Pick<RestoreDeps, 'signatures' | 'clock'>,
  { proposal }: RestoreState,
): Promise<RosterSeen | null> {
  if (proposal.policy.signatures === undefined) return null;
  if (signatures === undefined) return { fault: 'No roster of keys is configured.' };
  try {
    return { roster: await signatures.readRoster(clock.now()) };
  } catch (error) {
    if (error instanceof AuroraError) return { fault: error.message };
    throw error;
  }
}
