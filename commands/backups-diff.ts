import { AuroraError } from '../src/aurora/errors.ts';
import { type ClusterOutline, collectOutline } from '../src/aurora/outline.ts';
import { within } from '../src/aurora/within.ts';
import { diffOutlines } from '../src/backups/diff.ts';
import type { InventoryItem } from '../src/backups/inventory.ts';
import { nameBackup } from '../src/backups/name-backup.ts';
import { describeLeader } from '../src/leader/describe-leader.ts';
import type { ClusterAccess } from '../src/restore/ports.ts';
import { renderDiff } from '../src/slack/messages/backup-diff.ts';
import type { CommandDeps } from './deps.ts';
import { inHaste } from './reads.ts';
import { type AboutBackups, type BackupsCall, findBackup, readAbout } from './which-backup.ts';

/** Two whole backups are read to their end, on their hosts. */
const outlineMs = 60_000;

/** `/aurora backups diff A [B | now]`: without a second one, to what the leader has now. */
export async function backupsDiff(deps: CommandDeps, call: BackupsCall): Promise<void> {
  const { clock } = deps;
  const about = await readAbout(deps, call);
  const now = clock.now();
  const [first, second] = twoOf(about, now);
  const before = findBackup({ ...about, text: first }, now);
  const after = second === 'now' ? 'now' : findBackup({ ...about, text: second }, now);
  const work = async () => {
    const was = await readOutlineOf(about.access, before);
    const is =
      after === 'now'
        ? await readNow(deps, about.access, [...(was.quotas?.keys() ?? [])])
        : await readOutlineOf(about.access, after);
    return diffOutlines(was, is);
  };
  const diff = await within(clock, outlineMs, work());
  if (diff === undefined) throw tooSlow(about.access.cluster.name);
  await call.conversation.tell(renderDiff({ cluster: about.access.cluster.name, before, after, diff, now }));
}

/**
 * `A to B`, `A and B`, `A..B`; or two names one after the other, when only one way to cut them apart leaves two that mean something.
 */
function twoOf({ text, inventory }: AboutBackups, now: number): readonly [string, string] {
  const [, first, second] = /^(.+?)(?: (?:to|and|with|vs) | ?\.\. ?| ?→ ?)(.+)$/i.exec(text) ?? [];
  if (first !== undefined && second !== undefined) return [first, sideOf(second)];
  const means = (words: string): boolean =>
    sideOf(words) === 'now' || nameBackup(words, inventory, now).kind !== 'none';
  const words = text.split(' ');
  const cuts = words.flatMap((_, at): [string, string][] => {
    const [left, right] = [words.slice(0, at).join(' '), words.slice(at).join(' ')];
    return at > 0 && means(left) && means(right) ? [[left, sideOf(right)]] : [];
  });
  const [only] = cuts;
  return only !== undefined && !means(text) ? only : [text, 'now'];
}

function sideOf(text: string): string {
  return text.toLowerCase() === 'now' ? 'now' : text;
}

/** From whichever host has it and answers. */
export async function readOutlineOf(access: ClusterAccess, item: InventoryItem): Promise<ClusterOutline> {
  let failure = new AuroraError({
    code: 'backup-missing',
    message: 'That backup is no longer on any configured host.',
    hint: 'Look at the list of backups again.',
  });
  for (const { host, name } of item.copies) {
    const agent = access.agents.find((candidate) => candidate.host === host);
    try {
      if (agent !== undefined) return await collectOutline(agent.readBackupOutline(name));
    } catch (error) {
      if (!(error instanceof AuroraError)) throw error;
      failure = error;
    }
  }
  throw failure;
}

/** AuroraError `nobody-leads` while none does. */
async function readNow(
  { clock }: Pick<CommandDeps, 'clock'>,
  access: ClusterAccess,
  roles: readonly string[],
): Promise<ClusterOutline> {
  const agent = await findLeader({ clock }, access);
  return await agent.readLiveOutline({ roles });
}

/** The agent beside the scheduler that leads. */
export async function findLeader(
  { clock }: Pick<CommandDeps, 'clock'>,
  access: ClusterAccess,
): Promise<ClusterAccess['agents'][number]> {
  const facts = await describeLeader({ ...access, agents: inHaste(access.agents, clock) });
  const host = facts.finding.kind === 'leads' ? facts.finding.host : null;
  const agent = access.agents.find((candidate) => candidate.host === host);
  if (agent !== undefined) return agent;
  throw new AuroraError({
    code: 'nobody-leads',
    message: `No leader is known for \`${access.cluster.name}\` now, so there is nobody to ask.`,
    hint: `\`/aurora leader ${access.cluster.name}\` shows what each host reports.`,
  });
}

function tooSlow(cluster: string): AuroraError {
  return new AuroraError({
    code: 'diff-too-slow',
    message: `Gave up reading both backups after ${outlineMs / 1000} s.`,
    hint: `Try again, or run \`aurora-chatops backup diff\` on a host of \`${cluster}\` that has both files.`,
  });
}
