/**
 * Which procedure a restore uses, and why. The staged one works with every release; the off-line one is there for those
 * who want it, from 0.20 on (aurora-versions.md). Whether the tool is on the host is looked at before anything is touched.
 */
import type { Procedure } from '../../aurora/cluster.ts';
import { isKnownRelease, releaseOf } from '../../aurora/releases.ts';
import type { Refusal } from '../rules/gates.ts';

interface ChosenProcedure {
  readonly procedure: Procedure;
  /** Half a sentence, for the plan and the card. */
  readonly reason: string;
}

/** A refusal when the release does not have what was asked for or configured. */
export function chooseProcedure(asked: {
  auroraVersion: string;
  configured: Procedure | undefined;
  requested: Procedure | null;
}): ChosenProcedure | Refusal {
  const { auroraVersion, configured, requested } = asked;
  const procedure = requested ?? configured ?? standard;
  if (procedure === 'recovery-tool' && !hasRecoveryTool(auroraVersion)) {
    return {
      code: 'procedure-unavailable',
      message: `Aurora ${auroraVersion} has no recovery tool; it came with 0.20.`,
      hint: 'Use the staged procedure.',
    };
  }
  return { procedure, reason: reasonOf(procedure, configured) };
}

/** True for a release that this program knows and that ships the tool. */
export function hasRecoveryTool(auroraVersion: string): boolean {
  return isKnownRelease(auroraVersion) && releaseOf(auroraVersion).recoveryTool;
}

const standard: Procedure = 'staged';

function reasonOf(procedure: Procedure, configured: Procedure | undefined): string {
  if (procedure === configured) return 'configured for this cluster';
  return configured === undefined && procedure === standard
    ? 'works with every release'
    : 'asked for with the proposal';
}
