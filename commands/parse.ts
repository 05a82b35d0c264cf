/** Reads what follows `/aurora`; what is said to the bot is read in `parse-mention.ts`. Pure. */
import { nearestOf } from '../src/aurora/nearest.ts';
import { type Wish, wishOf, wishWords } from './wishes.ts';

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
  /** Something that is decided by a button. */
  | { readonly kind: 'wish'; readonly wish: Wish; readonly words: readonly string[] }
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
  if (name === undefined) {
    const wish = wishOf(first);
    if (wish !== null) return { kind: 'wish', wish, words: rest };
    const [meant = null] = nearestOf(first, [...subcommands, ...wishWords]);
    return { kind: 'unknown', word: first, meant };
  }
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
    const [meant = null] = name === 'backups' ? nearestOf(named[0] ?? '', backupVerbs) : [];
    return meant === null
      ? { kind: 'too-many', name, flags, named }
      : { kind: 'unknown', word: `backups ${named[0] ?? ''}`, meant: `backups ${meant}` };
  }
  const [cluster] = named;
  return { kind: 'known', name, cluster: cluster ?? null, flags };
}

/** What is between the spaces. */
export function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
