import { AuroraError } from '../../../aurora/errors.ts';
import type { InitializedLog } from '../../record/facts.ts';
import type { Done } from '../../step.ts';

/** What the host showed of its new log; AuroraError `log-not-blank` when that is not the signature of a blank one. */
export function assertBlank({ host, evidence }: Done<'initialize-log'>): InitializedLog {
  const { positions, persisted, files, bytes } = evidence;
  if (positions === '0 -> 0' && persisted) return { host, positions, files, bytes };
  throw new AuroraError({
    code: 'log-not-blank',
    message: `${host}: the new log says positions ${positions}, a blank one says 0 -> 0.`,
    hint: 'Old state in one log can come back on all hosts. Put everything back.',
  });
}
