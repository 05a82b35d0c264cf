import { listInventory } from '../src/backups/inventory.ts';
import { renderBackups, shownItems } from '../src/slack/messages/backups.ts';
import { type ClusterCall, chooseCluster } from './choose-cluster.ts';
import type { CommandDeps } from './deps.ts';
import { estimateLosses } from './losses.ts';
import { interactiveReadMs } from './reads.ts';

/** `/aurora backups [cluster] [all]`, and the button "Show all". */
export async function backups(deps: CommandDeps, call: ClusterCall): Promise<void> {
  const { conversation, flags } = call;
  const access = chooseCluster(deps, call);
  const { clock } = deps;
  const all = flags.has('all');
  const inventory = await listInventory(access.agents, { clock, limitMs: interactiveReadMs });
  const { losses, why } = await estimateLosses(deps, access, shownItems(inventory, all));
  await conversation.tell(
    renderBackups({
      cluster: access.cluster.name,
      inventory,
      losses,
      lossesUnknown: why,
      all,
      now: clock.now(),
    }),
  );
}
