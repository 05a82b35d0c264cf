import { isSecretFlag } from '../../aurora/flag-kinds.ts';
import { hidden, hideSecrets } from '../../aurora/hidden.ts';
import type { FlagValues } from './flag-grammar.ts';

/** A pair before a host where nobody has written a scheme: `user:password@zk1:2181`. */
const pairs = /(^|[\s,=])[^\s,=@/:]{1,200}:[^\s,@]{1,300}(?=@)/g;

/** As they may leave the host. */
export function withoutSecrets(values: FlagValues): FlagValues {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      isSecretFlag(name) ? hidden : hideSecrets(value).replace(pairs, `$1${hidden}`),
    ]),
  );
}
