import type { JournalUnreadable } from '../src/aurora/journal.ts';
import type { RestoreState } from '../src/restore/record/state.ts';
import type { Conversation } from '../src/slack/conversation.ts';
import { renderStatus } from '../src/slack/messages/status.ts';
import { chooseCluster } from './choose-cluster.ts';
import type { CommandDeps } from './deps.ts';

const linksMax = 8;

/** `/aurora status [cluster]`: without a name, of all clusters. */
export async function status(
  deps: CommandDeps,
  call: { conversation: Conversation; cluster: string | null },
): Promise<void> {
  const { conversation } = call;
  const cluster = call.cluster === null ? null : chooseCluster(deps, call).cluster.name;
  const listed = await deps.service.list(cluster === null ? {} : { cluster });
  await tellStatus(deps, { conversation, ...listed, cluster });
}

/** Also the answer to `@aurora status` in a thread, about its restore alone. */
export async function tellStatus(
  deps: Pick<CommandDeps, 'outbox' | 'clock'>,
  view: {
    conversation: Conversation;
    restores: readonly RestoreState[];
    unreadable?: readonly JournalUnreadable[];
    cluster: string | null;
  },
): Promise<void> {
  const { conversation, restores, unreadable = [], cluster } = view;
  const links = new Map<string, string>();
  await Promise.all(
    restores.slice(0, linksMax).map(async ({ restoreId }) => {
      const link = await deps.outbox.linkOf(restoreId);
      if (link !== null) links.set(restoreId, link);
    }),
  );
  const shutOut = new Map(
    restores.flatMap(({ restoreId }) => {
      const why = deps.outbox.shutOutOf(restoreId);
      return why === null ? [] : [[restoreId, why]];
    }),
  );
  await conversation.tell(
    renderStatus({ restores, unreadable, links, shutOut, cluster, now: deps.clock.now() }),
  );
}
