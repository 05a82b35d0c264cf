import { isSecretFlag } from '../../aurora/flag-kinds.ts';
import type { FlagValues } from './flag-grammar.ts';

/** As they may leave the host. */
export function withoutSecrets(values: FlagValues): FlagValues {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, isSecretFlag(name) ? '(hidden)' : value]),
  );
}
