import { listInventory } from '../src/backups/inventory.ts';
import { renderBackups } from '../src/slack/messages/backups.ts';
import { type ClusterCall, chooseCluster } from './choose-cluster.ts';
import type { CommandDeps } from './deps.ts';
import { estimateLosses } from './losses.ts';

/** `/aurora backups [cluster] [all]`, and the button "Show all". */
export async function backups(deps: CommandDeps, call: ClusterCall): Promise<void> {
  const { conversation, flags } = call;
  const access = chooseCluster(deps, call);
  const inventory = await listInventory(access.agents);
  const { losses, why } = await estimateLosses(deps, access, inventory);
  await conversation.tell(
    renderBackups({
      cluster: access.cluster.name,
      inventory,
      losses,
      lossesUnknown: why,
      all: flags.has('all'),
      now: deps.clock.now(),
    }),
  );
}
