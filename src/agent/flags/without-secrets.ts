import type { FlagValues } from './flag-grammar.ts';

/** A few flags carry a secret in the open (`-zk_digest_credentials=user:password`). */
export function withoutSecrets(values: FlagValues): FlagValues {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      /credentials|password|secret/i.test(name) ? '(hidden)' : value,
    ]),
  );
}
