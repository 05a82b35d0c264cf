import { AuroraError } from '../aurora/errors.ts';

/** A refusal as the audit log names it: the rule of a grant, or the code of anything else. */
export function ruleOf(error: unknown): string {
  if (!(error instanceof AuroraError)) return 'agent-mistake';
  const rule = error.details['rule'];
  return typeof rule === 'string' ? rule : error.code;
}
