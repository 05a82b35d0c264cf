import type { Listed } from '../src/restore/service/list.ts';
import type { Conversation } from '../src/slack/conversation.ts';
import { endedMax, renderStatus } from '../src/slack/messages/status.ts';
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
  const listed = await deps.service.list({ endedMax, ...(cluster !== null && { cluster }) });
  await tellStatus(deps, { conversation, ...listed, cluster });
}

/** Also the answer to `@aurora status` in a thread, about its restore alone. */
export async function tellStatus(
  deps: Pick<CommandDeps, 'outbox' | 'clock'>,
  view: Listed & { conversation: Conversation; cluster: string | null },
): Promise<void> {
  const { conversation, restores, ended, unreadable, cluster } = view;
  const links = await linksOf(deps, [...restores, ...ended.slice(0, endedMax)].slice(0, linksMax));
  const shutOut = new Map(
    restores.flatMap(({ restoreId }) => {
      const why = deps.outbox.shutOutOf(restoreId);
      return why === null ? [] : [[restoreId, why]];
    }),
  );
  await conversation.tell(
    renderStatus({ restores, ended, unreadable, links, shutOut, cluster, now: deps.clock.now() }),
  );
}

/** Where their threads are, by restore; Slack is asked for each. */
export async function linksOf(
  deps: Pick<CommandDeps, 'outbox'>,
  restores: readonly { readonly restoreId: string }[],
): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all(
    restores.map(async ({ restoreId }) => [restoreId, await deps.outbox.linkOf(restoreId)] as const),
  );
  return new Map(found.flatMap(([restoreId, link]) => (link === null ? [] : [[restoreId, link]])));
}
