import { describeLeader } from '../src/leader/describe-leader.ts';
import { renderLeader } from '../src/slack/messages/leader.ts';
import { type ClusterCall, chooseCluster } from './choose-cluster.ts';
import type { CommandDeps } from './deps.ts';
import { inHaste } from './reads.ts';

/** `/aurora leader [cluster] [share]` */
export async function leader(deps: CommandDeps, call: ClusterCall): Promise<void> {
  const { conversation, flags } = call;
  const access = chooseCluster(deps, call);
  const [facts, { restores, unreadable }] = await Promise.all([
    describeLeader({ ...access, agents: inHaste(access.agents, deps.clock) }),
    deps.service.list({ open: true, cluster: access.cluster.name }),
  ]);
  const answer = renderLeader(facts, (restores[0] ?? unreadable[0])?.restoreId ?? null, deps.clock.now());
  await (flags.has('share') ? conversation.share(answer) : conversation.tell(answer));
}
