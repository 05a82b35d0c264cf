import type { Conversation } from '../src/slack/conversation.ts';
import { historyMax, renderHistory } from '../src/slack/messages/history.ts';
import { chooseCluster } from './choose-cluster.ts';
import type { CommandDeps } from './deps.ts';
import { linksOf } from './status.ts';

/** `/aurora history [cluster]`: without a name, of all clusters. */
export async function history(
  deps: CommandDeps,
  call: { conversation: Conversation; cluster: string | null },
): Promise<void> {
  const cluster = call.cluster === null ? null : chooseCluster(deps, call).cluster.name;
  const { ended, unreadable } = await deps.service.list({
    endedMax: historyMax + 1,
    ...(cluster !== null && { cluster }),
  });
  const links = await linksOf(deps, ended.slice(0, historyMax));
  await call.conversation.tell(renderHistory({ ended, unreadable: unreadable.length, links, cluster }));
}
