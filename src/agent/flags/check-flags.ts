/** Flags are judged before anything is written. */
import { AuroraError } from '../../aurora/errors.ts';
import { judgeFlags } from '../../aurora/judge-flags.ts';
import type { FlagChanges } from './flag-grammar.ts';

/** Throws AuroraError `flags-not-accepted` for the first flag that the release would not run with. */
export function requireAccepted(auroraVersion: string, changes: FlagChanges): void {
  const problem = judgeFlags(auroraVersion, changes).find(({ sure }) => sure);
  if (problem === undefined) return;
  throw new AuroraError({
    code: 'flags-not-accepted',
    message: `${problem.says} Nothing was written.`,
    hint: 'Choose a flag and a value that this release takes; auroraVersion in the configuration of the agent says which it is.',
  });
}
