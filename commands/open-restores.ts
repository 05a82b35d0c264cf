/** Which restore somebody means who names none: one that is open, where they are. */
import type { JournalUnreadable } from '../src/aurora/journal.ts';
import type { RestoreState } from '../src/restore/record/state.ts';
import type { Conversation } from '../src/slack/conversation.ts';
import type { Busy } from '../src/slack/messages/busy.ts';
import { chooseCluster } from './choose-cluster.ts';
import type { CommandDeps } from './deps.ts';

/** Those of the cluster that is named, else of this channel's clusters, else of all; `cluster` when it is about one. */
export async function findOpenRestores(
  deps: Pick<CommandDeps, 'clusters' | 'service'>,
  asked: { conversation: Pick<Conversation, 'channel'>; cluster: string | null },
): Promise<{
  restores: readonly RestoreState[];
  unreadable: readonly JournalUnreadable[];
  cluster: string | null;
}> {
  const { channel } = asked.conversation;
  const here = [...deps.clusters.values()].filter((access) => access.cluster.channel === channel);
  const about =
    asked.cluster !== null
      ? [chooseCluster(deps, { ...asked, cluster: asked.cluster })]
      : here.length > 0
        ? here
        : [...deps.clusters.values()];
  const names = about.map((access) => access.cluster.name);
  const { restores, unreadable } = await deps.service.list({ open: true });
  return {
    restores: restores.filter(({ proposal }) => names.includes(proposal.cluster)),
    unreadable,
    cluster: names.length === 1 ? (names[0] ?? null) : null,
  };
}

/** What keeps a cluster from another restore, with the way to its thread; `null` when nothing does. */
export async function findBusy(
  deps: Pick<CommandDeps, 'service' | 'outbox'>,
  cluster: string,
): Promise<Busy | null> {
  const { restores, unreadable } = await deps.service.list({ open: true, cluster });
  const restoreId = (restores[0] ?? unreadable[0])?.restoreId;
  if (restoreId === undefined) return null;
  return { cluster, restoreId, link: await deps.outbox.linkOf(restoreId).catch(() => null) };
}
