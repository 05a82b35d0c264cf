/** Changes to recorded JSON: to one value in its tree, or to its bytes. */
import type { Random } from '../random.ts';
import { changeBytes } from './mutations.ts';

/** One of the samples with something else in a place or two; now and then its text is damaged as well. */
export function mutateJson(samples: readonly Buffer[], random: Random): Buffer {
  const sample = random.pick(samples);
  if (random.chance(0.2)) return changeBytes(sample, random);
  const tree: unknown = JSON.parse(sample.toString('utf8'));
  const changed = changeSomewhere(tree, random);
  const text = Buffer.from(
    JSON.stringify(random.chance(0.3) ? changeSomewhere(changed, random) : changed) ?? '',
  );
  return random.chance(0.15) ? changeBytes(text, random) : text;
}

const hostile: readonly unknown[] = [
  null,
  true,
  0,
  1,
  -1,
  1.5,
  9_007_199_254_740_992,
  1e308,
  '',
  '0',
  'NaN',
  '-Infinity',
  '__proto__',
  '\ud800',
  'x'.repeat(2000),
  [],
  {},
  [[]],
  { value: null },
  ['rec', 1, {}],
  { constructor: { prototype: 1 } },
];

/** Goes down a random way and changes what is there: nothing is changed in place. */
function changeSomewhere(at: unknown, random: Random): unknown {
  if (typeof at !== 'object' || at === null || random.chance(0.06)) return changeHere(at, random);
  if (Array.isArray(at)) {
    if (at.length === 0) return changeHere(at, random);
    const index = random.int(at.length);
    const copy: unknown[] = [...at];
    if (random.chance(0.06)) copy.splice(index, random.int(2), at[random.int(at.length)]);
    else copy[index] = changeSomewhere(at[index], random);
    return copy;
  }
  const entries = Object.entries(at);
  if (entries.length === 0) return changeHere(at, random);
  const index = random.int(entries.length);
  const [name, inner] = entries[index] ?? ['', null];
  const what = random.int(20);
  if (what === 0) entries.splice(index, 1);
  else if (what === 1)
    entries[index] = [random.pick(['', '-1', '99999', '__proto__', 'toString', `${name}0`]), inner];
  else entries[index] = [name, changeSomewhere(inner, random)];
  return Object.fromEntries(entries);
}

function changeHere(value: unknown, random: Random): unknown {
  if (random.chance(0.05)) return nested(random.int(200));
  if (typeof value === 'number' && random.chance(0.4))
    return value + random.pick([1, -1, 0.5, 2 ** 31, -(2 ** 31), 2 ** 53]);
  if (typeof value === 'string' && random.chance(0.4))
    return (
      value.slice(0, random.int(value.length + 1)) + random.pick(['', '\u0000', '"', '\ufffd', '\u{1f600}'])
    );
  return random.pick(hostile);
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { 1: value };
  return value;
}
