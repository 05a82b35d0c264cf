import type { ModalView } from '@slack/types';
import type { Diagnosis } from '../src/aurora/diagnosis.ts';
import { within } from '../src/aurora/within.ts';
import { onlyThere } from '../src/backups/inventory.ts';
import { describeLeader } from '../src/leader/describe-leader.ts';
import type { ClusterAccess } from '../src/restore/ports.ts';
import { viewIds } from '../src/slack/action-ids.ts';
import type { Conversation, Press, Triggered } from '../src/slack/conversation.ts';
import { code } from '../src/slack/escape.ts';
import { renderBusy } from '../src/slack/messages/busy.ts';
import { renderRefusal } from '../src/slack/messages/refusal.ts';
import { loading } from '../src/slack/views/modal.ts';
import { proposeForm } from '../src/slack/views/propose.ts';
import { chooseCluster } from './choose-cluster.ts';
import type { CommandDeps } from './deps.ts';
import { findBusy } from './open-restores.ts';
import { inHaste, interactiveReadMs, openInMs } from './reads.ts';

/** `/aurora restore [cluster]`, and the button "Start a restore…": opens the form at once and fills it, for whoever can propose one. */
export async function restore(
  deps: CommandDeps,
  call: { conversation: Conversation & Triggered; cluster: string | null },
): Promise<void> {
  const { conversation } = call;
  const access = chooseCluster(deps, call);
  const cluster = access.cluster.name;
  const [busy, refusal] = await Promise.all([
    inTime(deps, findBusy(deps, cluster)),
    inTime(deps, deps.service.mayPropose({ cluster, userId: conversation.userId })),
  ]);
  if (busy !== null) return await conversation.tell(renderBusy(busy));
  if (refusal !== null) return await conversation.tell(renderRefusal(refusal));
  const shown = await conversation.show(
    loading('Restore', `Asking the hosts of ${code(cluster)} for their backups…`),
  );
  const { channel, threadTs, userId } = conversation;
  await shown.fill(await buildForm(deps, access, { channel, threadTs, userId }));
}

/** Another cluster was chosen in the form: its backups are others. What was typed stays. */
export async function switchCluster(deps: CommandDeps, press: Press): Promise<void> {
  const { userId } = press;
  const origin = deps.seals.open(press.inModal?.metadata ?? '', { form: viewIds.proposeRestore, userId });
  const access = chooseCluster(deps, { cluster: press.value, conversation: press });
  await press.show(await buildForm(deps, access, origin));
}

async function buildForm(
  deps: CommandDeps,
  access: ClusterAccess,
  origin: Pick<Conversation, 'channel' | 'threadTs' | 'userId'>,
): Promise<ModalView> {
  const { channel, threadTs, userId } = origin;
  const { name } = access.cluster;
  const [inventory, diagnosis, busy] = await Promise.all([
    deps.fleet.of(name).lookThrough(interactiveReadMs),
    diagnoseInHaste(deps, access),
    inTime(deps, findBusy(deps, name)),
  ]);
  return proposeForm({
    cluster: name,
    diagnosis,
    procedure: access.cluster,
    busy,
    asks: { ...access.cluster, userId },
    clusters: [...deps.clusters.keys()],
    inventory: onlyThere(inventory),
    metadata: deps.seals.seal({
      form: viewIds.proposeRestore,
      userId,
      channel,
      threadTs,
      messageTs: null,
      subject: name,
    }),
    now: deps.clock.now(),
  });
}

/** How the cluster is, for whoever is about to propose; `null` when that takes longer than a form may. */
async function diagnoseInHaste(
  { clock }: Pick<CommandDeps, 'clock'>,
  access: ClusterAccess,
): Promise<Diagnosis | null> {
  const looking = describeLeader({ ...access, agents: inHaste(access.agents, clock) });
  return (await within(clock, interactiveReadMs, looking))?.diagnosis ?? null;
}

/** What is not known by then is asked again when the form is sent off: a trigger lives three seconds. */
async function inTime<T>({ clock }: Pick<CommandDeps, 'clock'>, asked: Promise<T | null>): Promise<T | null> {
  return (
    (await within(
      clock,
      openInMs,
      asked.catch(() => null),
    )) ?? null
  );
}
