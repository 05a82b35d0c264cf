/** Takes the words behind `/aurora backups show` and its like apart: one may be a cluster, the others name backups. */
import { AuroraError } from '../src/aurora/errors.ts';
import { named } from '../src/aurora/printable.ts';
import { type Inventory, type InventoryItem, listInventory } from '../src/backups/inventory.ts';
import { nameBackup } from '../src/backups/name-backup.ts';
import type { ClusterAccess } from '../src/restore/ports.ts';
import type { Conversation } from '../src/slack/conversation.ts';
import { ageText } from '../src/slack/messages/backup-age.ts';
import { chooseCluster } from './choose-cluster.ts';
import type { CommandDeps } from './deps.ts';
import { interactiveReadMs } from './reads.ts';

/** As it was typed behind the verb, or pressed. */
export interface BackupsCall {
  readonly conversation: Conversation;
  readonly words: readonly string[];
}

export interface AboutBackups {
  readonly access: ClusterAccess;
  readonly inventory: Inventory;
  /** What was said beside the cluster. */
  readonly text: string;
}

const choicesMax = 6;

/** The cluster as it was named, or as `chooseCluster` finds it; and the rest of the words. */
export function splitCluster(
  deps: Pick<CommandDeps, 'clusters'>,
  { conversation, words }: BackupsCall,
): { access: ClusterAccess; text: string } {
  const at = words.findIndex((word) => deps.clusters.has(word));
  const access = chooseCluster(deps, { cluster: words[at] ?? null, conversation });
  return { access, text: words.filter((_, index) => index !== at).join(' ') };
}

/** Asks the hosts as well. */
export async function readAbout(deps: CommandDeps, call: BackupsCall): Promise<AboutBackups> {
  const { access, text } = splitCluster(deps, call);
  const inventory = await listInventory(access.agents, { clock: deps.clock, limitMs: interactiveReadMs });
  return { access, inventory, text };
}

/** The one that is meant. AuroraError `which-backup` when none or several are, with the choices. */
export function findBackup({ inventory, access, text }: AboutBackups, now: number): InventoryItem {
  const found = nameBackup(text, inventory, now);
  if (found.kind === 'one') return found.item;
  const choices = found.kind === 'several' ? found.items : inventory.items;
  const listed = choices.slice(0, choicesMax).map((item) => choiceText(item, now));
  const more = choices.length > choicesMax ? ` and ${choices.length - choicesMax} more` : '';
  const cluster = access.cluster.name;
  if (choices.length === 0)
    throw new AuroraError({
      code: 'which-backup',
      message: `No backup of \`${cluster}\` was seen.`,
      hint: `\`/aurora backups ${cluster}\` says which hosts answered.`,
    });
  throw new AuroraError({
    code: 'which-backup',
    message:
      found.kind === 'several'
        ? `${choices.length} backups of \`${cluster}\` are called that: ${listed.join(', ')}${more}.`
        : text === ''
          ? `Which backup of \`${cluster}\`? ${listed.join(', ')}${more}.`
          : `No backup of \`${cluster}\` is called \`${named(text, 60)}\`. There are ${listed.join(', ')}${more}.`,
    hint: 'Name it by its time (`14:02`, `2026-11-30 14:02`, UTC), its age (`2h`), its file, the start of its sha256, or `newest`.',
  });
}

function choiceText({ sha256, contentAtMs }: InventoryItem, now: number): string {
  return `\`${sha256.slice(0, 8)}\` (${ageText(contentAtMs, now)})`;
}
