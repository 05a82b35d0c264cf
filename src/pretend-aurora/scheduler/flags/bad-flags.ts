import { AuroraError } from '../../../aurora/errors.ts';
import type { FlagKind } from './table.ts';

export function badFlags(message: string): AuroraError {
  return new AuroraError({
    code: 'bad-flags',
    message,
    hint: 'Correct the flag and start the scheduler again.',
  });
}

/** What a value is not, for the kinds that both parsers check alike; `null` when it may be one. */
export function whatItIsNot(value: string, kind: FlagKind): string | null {
  const forms: Partial<Record<FlagKind, readonly [RegExp, string]>> = {
    number: [/^-?\d+$/, 'an integer'],
    size: [/^\d+(BYTES|Kb|KB|Mb|MB|Gb|GB|Tb|TB)$/, 'a data size'],
    switch: [/^(true|false)$/, 'a boolean'],
    endpoints: [/^[^:,\s]+:\d+(,[^:,\s]+:\d+)*$/, 'a list of host:port'],
  };
  const [form, name] = forms[kind] ?? [/^/, ''];
  return form.test(value) ? null : name;
}

export function isZnodePath(value: string): boolean {
  return /^(\/[^/\s]+)+\/?$/.test(value);
}
