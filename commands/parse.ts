/** Reads what follows `/aurora`, and what is said to the bot in a thread. Pure. */

export const subcommands = ['help', 'leader', 'backups', 'restore', 'status', 'history'] as const;
type Subcommand = (typeof subcommands)[number];

/** What can be asked of backups beside their list. */
export const backupVerbs = ['show', 'diff', 'hold', 'release', 'now', 'history'] as const;
export type BackupVerb = (typeof backupVerbs)[number];

type Typed =
  | {
      readonly kind: 'backups';
      readonly verb: BackupVerb;
      /** What follows: a cluster, and what names backups. */
      readonly words: readonly string[];
    }
  | {
      readonly kind: 'known';
      readonly name: Subcommand;
      /** The one word that is not a flag: a cluster, or after `who` also a restore. */
      readonly cluster: string | null;
      /** Flags of the command that were given: `share`, `all`, `who`. */
      readonly flags: ReadonlySet<string>;
    }
  | {
      readonly kind: 'too-many';
      readonly name: Subcommand;
      readonly flags: ReadonlySet<string>;
      readonly named: readonly string[];
    }
  | { readonly kind: 'unknown'; readonly word: string; readonly meant: string | null };

const flagsOf: Record<Subcommand, readonly string[]> = {
  help: [],
  leader: ['share'],
  backups: ['all'],
  restore: ['who'],
  status: [],
  history: [],
};

/** `leader east share`. The one word that is not a flag names the cluster; nothing at all asks for help. */
export function parseCommand(text: string): Typed {
  const [first = 'help', ...rest] = words(text);
  const name = subcommands.find((known) => known === first.toLowerCase());
  if (name === undefined) return { kind: 'unknown', word: first, meant: nearest(first, subcommands) };
  if (name === 'backups') {
    const verb = backupVerbs.find((known) => known === rest[0]?.toLowerCase());
    if (verb !== undefined) return { kind: 'backups', verb, words: rest.slice(1) };
  }
  const flags = new Set(
    rest.map((word) => word.toLowerCase()).filter((word) => flagsOf[name].includes(word)),
  );
  const named = rest.filter((word) => !flagsOf[name].includes(word.toLowerCase()));
  // Half of what was asked for is not what was asked for.
  if (named.length > 1 && name !== 'help') {
    const meant = name === 'backups' ? nearest(named[0] ?? '', backupVerbs) : null;
    return meant === null
      ? { kind: 'too-many', name, flags, named }
      : { kind: 'unknown', word: `backups ${named[0] ?? ''}`, meant: `backups ${meant}` };
  }
  const [cluster] = named;
  return { kind: 'known', name, cluster: cluster ?? null, flags };
}

type Said =
  | { readonly kind: 'status' | 'who' | 'help' }
  | { readonly kind: 'abort'; readonly reason: string };

/** `@aurora abort wrong backup`: the mention itself is dropped. */
export function parseMention(text: string): Said {
  const said = text.replace(/<@[^>]*>/g, ' ').trim();
  const [first = ''] = words(said);
  switch (first.toLowerCase()) {
    case 'status':
      return { kind: 'status' };
    case 'who':
      return { kind: 'who' };
    case 'abort':
      return { kind: 'abort', reason: said.slice(said.indexOf(first) + first.length).trim() };
    default:
      return { kind: 'help' };
  }
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** The name that is at most two edits away, or of which the word is a beginning. */
function nearest<T extends string>(word: string, names: readonly T[]): T | null {
  const lower = word.toLowerCase().slice(0, 20);
  const ranked = names
    .map((name) => ({ name, far: name.startsWith(lower) ? 0 : distance(lower, name) }))
    .sort((a, b) => a.far - b.far);
  const [best] = ranked;
  return best !== undefined && best.far <= 2 ? best.name : null;
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
