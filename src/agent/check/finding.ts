import { messageOf } from '../../aurora/errors.ts';
import { hideSecrets } from '../../aurora/hidden.ts';
import { explainSystemError } from '../../aurora/system-errors.ts';

/** One thing an administrator is told about a host before its first incident. */
export interface Finding {
  /** `problem`: a restore would stop here. `warning`: it would go on, and somebody should know. */
  readonly level: 'ok' | 'warning' | 'problem';
  readonly what: string;
  /** The next step; empty when there is none. */
  readonly hint: string;
}

export function ok(what: string): Finding {
  return { level: 'ok', what: hideSecrets(what), hint: '' };
}

export function warning(what: string, hint: string): Finding {
  return { level: 'warning', what: hideSecrets(what), hint: hideSecrets(hint) };
}

export function problem(what: string, hint: string): Finding {
  return { level: 'problem', what: hideSecrets(what), hint: hideSecrets(hint) };
}

/** What a check found, or that it could not be made, which is a problem of its own. */
export async function findingsOf(
  check: () => Promise<readonly Finding[]> | readonly Finding[],
): Promise<readonly Finding[]> {
  try {
    return await check();
  } catch (error) {
    const known = explainSystemError(error);
    const hint = known?.hint ?? 'Look at it on the host; docs/agent.md describes every key.';
    return [problem(known?.message ?? messageOf(error), hint)];
  }
}
