import { isRestorable } from '../src/aurora/backups.ts';
import { AuroraError } from '../src/aurora/errors.ts';
import { within } from '../src/aurora/within.ts';
import type { InventoryItem } from '../src/backups/inventory.ts';
import type { ClusterAccess } from '../src/restore/ports.ts';
import { type BackupView, renderBackup } from '../src/slack/messages/backup-show.ts';
import { readOutlineOf } from './backups-diff.ts';
import type { CommandDeps } from './deps.ts';
import { listHeld } from './held-copies.ts';
import { estimateLosses } from './losses.ts';
import { estimateMs } from './reads.ts';
import { type BackupsCall, findBackup, readAbout } from './which-backup.ts';

/** `/aurora backups show WHICH [cluster]` */
export async function backupsShow(deps: CommandDeps, call: BackupsCall): Promise<void> {
  const about = await readAbout(deps, call);
  const { access, inventory } = about;
  const item = findBackup(about, deps.clock.now());
  const cluster = access.cluster.name;
  const [estimate, outline, held] = await Promise.all([
    isRestorable(item.report) ? estimateLosses(deps, access, [item]) : { losses: new Map(), why: null },
    readJobs(deps, access, item),
    listHeld(access.agents, deps.clock),
  ]);
  await call.conversation.tell(
    renderBackup({
      cluster,
      item,
      isRecommended: item.sha256 === inventory.recommended,
      losses: estimate.losses.get(item.sha256) ?? null,
      lossesUnknown: estimate.why,
      outline,
      held: held.filter(({ sha256 }) => sha256 === item.sha256),
      now: deps.clock.now(),
    }),
  );
}

/** A person waits: what is not there by then is left out, and said to be. */
async function readJobs(
  { clock }: Pick<CommandDeps, 'clock'>,
  access: ClusterAccess,
  item: InventoryItem,
): Promise<BackupView['outline']> {
  if (item.report.verdict === 'broken') return { unknown: 'the file is broken.' };
  try {
    const outline = await within(clock, estimateMs, readOutlineOf(access, item));
    return outline ?? { unknown: `reading them took longer than ${estimateMs / 1000} s.` };
  } catch (error) {
    if (error instanceof AuroraError) return { unknown: `${error.message} ${error.hint}` };
    throw error;
  }
}
