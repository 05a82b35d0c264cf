/** What is wrong with the form of a value, by the kind of its flag; `null` when a release of Aurora reads it. */
import { durationUnits, parseFlagDuration } from './flag-duration.ts';
import { type FlagKind, wordsOf } from './flag-kinds.ts';
import { type FlagParser, splitList } from './flag-text.ts';

/** A value as its parser has it: without the blanks and quotes that it takes off. */
export interface GivenFlag {
  readonly flag: string;
  readonly text: string;
  readonly parser: FlagParser;
}

/** Ends a sentence that begins with the flag and its value: `is not a whole number`. */
type Form = (given: GivenFlag) => string | null;

const intMax = 2 ** 31 - 1;
const longMax = 2 ** 63;
const portMax = 65_535;
const hostAndPort = String.raw`[^\s:,/@]+:\d{1,5}`;
const znode = String.raw`(?:/(?!\.{1,2}(?:/|$))[^/\s]+)+`;
/** What `Double.parseDouble` of Java reads. */
const double = String.raw`[+-]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?)`;

const forms: Readonly<Record<FlagKind, Form>> = {
  text: () => null,
  file: () => null,
  duration: ({ text, parser }) => {
    // The old parser reads an int, the new one a long (recorded).
    const tooLong = Number.parseInt(text, 10) > (parser === 'arg-scanner' ? intMax : longMax);
    return parseFlagDuration(text) === null || tooLong
      ? `is not a duration: a number and one of ${durationUnits}, with nothing between`
      : null;
  },
  number: ({ flag, text }) => {
    const max = flag === 'offer_static_ban_cache_max_size' ? longMax : intMax;
    return /^[+-]?\d{1,19}$/.test(text) && Math.abs(Number(text)) <= max ? null : 'is not a whole number';
  },
  rate: ({ text }) => (matches(text, double) ? null : 'is not a number'),
  size: ({ text }) =>
    /^\d{1,10}(BITS|Kb|Mb|Gb|BYTES|KB|MB|GB|TB|PB)$/.test(text) && Number.parseInt(text, 10) <= intMax
      ? null
      : 'is not a size: a number and one of BITS, Kb, Mb, Gb, BYTES, KB, MB, GB, TB, PB, with nothing between',
  // The old parser takes anything, and anything but `true` for false (`BooleanParser`); the new one any case.
  switch: ({ text, parser }) =>
    parser === 'arg-scanner' || /^(true|false)$/i.test(text) ? null : 'is neither true nor false',
  endpoints: ({ text, parser }) => {
    const entries = splitList(text, parser);
    const good = entries.every((entry) => isEndpoint(entry));
    return good && entries.length > 0
      ? null
      : 'is not a list of host:port, with commas and no blanks between';
  },
  // `PathUtils.validatePath` of ZooKeeper, which both the serverset and the native log go by.
  znode: ({ text }) => (matches(text, znode) ? null : 'is not an absolute path in ZooKeeper'),
  // Without a path the shutdown of the scheduler deadlocks and only SIGKILL ends it (aurora.md 13).
  'mesos-master': ({ text }) =>
    matches(text, `zk://(?:[^@/\\s]+@)?${hostAndPort}(?:,${hostAndPort})*${znode}`) ||
    matches(text, hostAndPort)
      ? null
      : 'is neither host:port nor zk://host:port/path',
  address: ({ text }) => (/^[\d.]+$/.test(text) && !isNumericAddress(text) ? 'is not an address' : null),
  word: ({ flag, text, parser }) =>
    isWord(text, flag, parser) ? null : `is none of ${wordsOf(flag).join(', ')}`,
  words: ({ flag, text, parser }) =>
    splitList(text, parser).every((entry) => isWord(entry, flag, parser))
      ? null
      : `is not a list of ${wordsOf(flag).join(', ')}, with commas and no blanks between`,
  // `VolumeConverter` (to 0.18 `VolumeParser`); an empty part is one too.
  mounts: ({ text, parser }) =>
    splitList(text, parser).every((entry) => /^[^:]*:[^:]*:(ro|rw):*$/i.test(entry))
      ? null
      : 'is not a list of host:container:ro or host:container:rw',
  // `DockerParameterConverter`: something on both sides of the first equals sign.
  parameters: ({ text, parser }) =>
    splitList(text, parser).every((entry) => /^[^=]+=.+$/s.test(entry))
      ? null
      : 'is not a list of name=value',
  class: ({ text }) => classForm(text),
  classes: ({ text, parser }) =>
    splitList(text, parser)
      .map(classForm)
      .find((wrong) => wrong !== null) ?? null,
  // `FlaggedZooKeeperConfig.getCredentials`: exactly one colon; a user without a name is refused by `Credentials`.
  credentials: ({ text }) =>
    /^[^:]*[^:\s][^:]*:[^:]*$/.test(text) ? null : 'is not user:password with exactly one colon',
  pattern: ({ text }) => (isPattern(text) ? null : 'is not a regular expression'),
};

/** Ends a sentence that begins with the flag and its value; `null` when the parser of the release reads it. */
export function complainAboutForm(kind: FlagKind, given: GivenFlag): string | null {
  // JCommander leaves single quotes where they are, and a text with them is never what was meant (recorded).
  if (given.parser === 'jcommander' && given.text !== "''" && /^'|'$/.test(given.text))
    return 'has quotes that would reach the scheduler';
  return forms[kind](given);
}

/** A class that only Aurora's own class path can tell about, as a text for people; `null` when there is none. */
export function foreignClassOf(kind: FlagKind, { text, parser }: GivenFlag): string | null {
  if (kind !== 'class' && kind !== 'classes') return null;
  return splitList(text, parser).find((name) => !ownClass.test(name)) ?? null;
}

/** Short names of `ClassConverter` (to 0.18 `ModuleParser`) of apache/aurora. */
const aliases = 'KERBEROS5_AUTHN|INI_AUTHNZ';
const ownClass = new RegExp(`^(?:${aliases}|org\\.apache\\.(?:aurora|shiro)\\..+)$`);

function classForm(name: string): string | null {
  return new RegExp(`^(?:${aliases}|[A-Za-z_$][\\w$]*(?:\\.[A-Za-z_$][\\w$]*)+)$`).test(name)
    ? null
    : 'names no class: write it with its package';
}

/** To 0.18 `EnumParser` takes a word as it is written, from 0.19 JCommander's `EnumConverter` in any case. */
function isWord(word: string, flag: string, parser: FlagParser): boolean {
  return wordsOf(flag).includes(parser === 'arg-scanner' ? word : word.toUpperCase());
}

/** `InetSocketAddressHelper.parse` would take no host as well, or a blank in it, which nobody then connects to. */
function isEndpoint(entry: string): boolean {
  return matches(entry, hostAndPort) && Number(entry.slice(entry.lastIndexOf(':') + 1)) <= portMax;
}

/** As Java's `InetAddress` reads digits and dots: up to four parts, the last one as long as what is left. */
function isNumericAddress(text: string): boolean {
  const parts = text.split('.');
  if (parts.length > 4 || parts.includes('')) return false;
  const last = Number(parts.pop());
  return parts.every((part) => Number(part) <= 255) && last < 256 ** (4 - parts.length);
}

/** What Java has and JavaScript has not is taken for good. */
function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return /\(\?[a-zA-Z>]|[*+?}]\+|\\[QEGZAz]|&&/.test(text);
  }
}

function matches(text: string, pattern: string): boolean {
  return new RegExp(`^(?:${pattern})$`).test(text);
}
