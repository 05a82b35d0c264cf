import type { ModalView } from '@slack/types';
import type { Diagnosis } from '../src/aurora/diagnosis.ts';
import { within } from '../src/aurora/within.ts';
import { onlyThere } from '../src/backups/inventory.ts';
import { describeLeader } from '../src/leader/describe-leader.ts';
import type { ClusterAccess } from '../src/restore/ports.ts';
import type { BackupChoice } from '../src/restore/record/events.ts';
import { viewIds } from '../src/slack/action-ids.ts';
import { message, section } from '../src/slack/blocks.ts';
import type { Conversation, Press, Submission, Triggered } from '../src/slack/conversation.ts';
import { code } from '../src/slack/escape.ts';
import { renderRefusal } from '../src/slack/messages/refusal.ts';
import { loading } from '../src/slack/views/modal.ts';
import { readProcedure } from '../src/slack/views/procedure-choice.ts';
import { proposeFields, proposeForm, readBackup } from '../src/slack/views/propose.ts';
import { chooseCluster } from './choose-cluster.ts';
import type { CommandDeps } from './deps.ts';
import { inHaste, interactiveReadMs } from './reads.ts';

/** `/aurora restore [cluster]`, and the button "Start a restore…": opens the form at once and fills it. */
export async function restore(
  deps: CommandDeps,
  call: { conversation: Conversation & Triggered; cluster: string | null },
): Promise<void> {
  const { conversation } = call;
  const access = chooseCluster(deps, call);
  const shown = await conversation.show(
    loading('Restore', `Asking the hosts of ${code(access.cluster.name)} for their backups…`),
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
  const [inventory, diagnosis] = await Promise.all([
    deps.fleet.of(name).lookThrough(interactiveReadMs),
    diagnoseInHaste(deps, access),
  ]);
  return proposeForm({
    cluster: name,
    diagnosis,
    procedure: access.cluster,
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

/** "Show me the plan". */
export async function propose(deps: CommandDeps, submission: Submission): Promise<void> {
  const { values, userId, channel } = submission;
  deps.seals.open(submission.metadata, { form: viewIds.proposeRestore, userId });
  const named = values[proposeFields.cluster] ?? '';
  const access = chooseCluster(deps, { cluster: named, conversation: submission });
  const { cluster } = access;
  const { sha256, leaveOut } = readBackup(submission, cluster.name);
  const backup = await findBackup(access, sha256);
  if (backup === null) {
    await submission.tell(
      renderRefusal({
        message: 'That backup is gone, or its host no longer answers.',
        hint: `Look at \`/aurora backups ${cluster.name}\` again: the scheduler may have rotated it away.`,
      }),
    );
    return;
  }
  const unfit = await deps.places.judge(cluster.channel);
  if (unfit !== null) {
    await submission.tell(renderRefusal(unfit));
    return;
  }
  const procedure = readProcedure(values, cluster.name);
  const answer = await deps.service.propose({
    cluster: cluster.name,
    channel: cluster.channel,
    userId,
    reason: values[proposeFields.reason] ?? '',
    incident: values[proposeFields.incident] ?? '',
    backup,
    leaveOutUnlivable: leaveOut,
    ...(procedure !== null && { procedure }),
  });
  if (!answer.ok) {
    await submission.tell(renderRefusal(answer.refusal));
    return;
  }
  if (channel !== cluster.channel) {
    await submission.tell(
      message([
        section(
          `*${answer.state.restoreId}: the plan for ${code(cluster.name)} appears in <#${cluster.channel}>.*`,
        ),
        section('Nothing has been touched. Everything else happens in its thread.'),
      ]),
    );
  }
}

/** On whichever host answers first that has it: one that does not answer holds nobody up. */
async function findBackup(access: ClusterAccess, sha256: string): Promise<BackupChoice | null> {
  const asked = access.agents.map(async (agent): Promise<BackupChoice> => {
    const { files } = await agent.listKnownBackups();
    const file = files.find(({ report }) => report.sha256 === sha256);
    if (file === undefined) throw new Error(`${agent.host} does not have it`);
    return { host: agent.host, name: file.name, sha256 };
  });
  return await Promise.any(asked).catch(() => null);
}
