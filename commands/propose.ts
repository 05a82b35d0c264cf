/** "Show me the plan": what can be wrong with it is said in the form, which stays; what is found later comes with what was typed. */
import { within } from '../src/aurora/within.ts';
import type { ClusterAccess } from '../src/restore/ports.ts';
import type { BackupChoice } from '../src/restore/record/events.ts';
import { viewIds } from '../src/slack/action-ids.ts';
import { message, section } from '../src/slack/blocks.ts';
import type { Submission, SubmissionCheck } from '../src/slack/conversation.ts';
import { code, mentionChannel } from '../src/slack/escape.ts';
import { renderRefusedProposal } from '../src/slack/messages/refusal.ts';
import { readProcedure } from '../src/slack/views/procedure-choice.ts';
import { backupField, checkPropose, proposeFields, readBackup } from '../src/slack/views/propose.ts';
import { chooseCluster } from './choose-cluster.ts';
import type { CommandDeps } from './deps.ts';
import { findBusy } from './open-restores.ts';
import { openInMs } from './reads.ts';

interface Refused {
  /** The field of the form that it is told beside. */
  readonly field: string;
  readonly message: string;
  readonly hint: string;
}

/** What would be proposed, or the first thing that stands in the way. */
async function judge(
  deps: CommandDeps,
  { values, chosen, userId }: Pick<Submission, 'values' | 'chosen' | 'userId'>,
): Promise<Refused | { readonly access: ClusterAccess; readonly backup: BackupChoice }> {
  const access = chooseCluster(deps, {
    cluster: values[proposeFields.cluster] ?? '',
    conversation: { channel: '' },
  });
  const { name, channel } = access.cluster;
  const busy = await findBusy(deps, name);
  if (busy !== null)
    return {
      field: proposeFields.cluster,
      message: `\`${name}\` has a restore in progress: ${busy.restoreId}${busy.link === null ? '' : ` (${busy.link})`}.`,
      hint: 'Decide in its thread, and propose another one when it has ended.',
    };
  const { sha256 } = readBackup({ values, chosen }, name);
  const [refusal, unfit, backup] = await Promise.all([
    deps.service.mayPropose({ cluster: name, userId }),
    deps.places.judge(channel),
    findBackup(access, sha256),
  ]);
  if (refusal !== null) return { field: proposeFields.cluster, ...refusal };
  if (unfit !== null) return { field: proposeFields.cluster, ...unfit };
  if (backup === null)
    return {
      field: backupField(name),
      message: 'That backup is gone, or its host no longer answers.',
      hint: `Choose another one; \`/aurora backups ${name}\` says what became of it.`,
    };
  return { access, backup };
}

/** The form stays with what was typed. What takes longer than Slack waits is told when it is sent off. */
export const checkProposal =
  (deps: CommandDeps): SubmissionCheck =>
  async (filled) => {
    const faults = checkPropose(filled);
    if (faults !== null) return faults;
    const { cluster = '' } = filled.values;
    if (!deps.clusters.has(cluster)) return null;
    const judging = async () => {
      deps.seals.open(filled.metadata, { form: viewIds.proposeRestore, userId: filled.userId });
      return await judge(deps, filled);
    };
    const judged = await within(deps.clock, openInMs, judging()).catch(() => undefined);
    return judged === undefined || !('field' in judged)
      ? null
      : { [judged.field]: `${judged.message} ${judged.hint}` };
  };

export async function propose(deps: CommandDeps, submission: Submission): Promise<void> {
  const { values, userId, channel } = submission;
  deps.seals.open(submission.metadata, { form: viewIds.proposeRestore, userId });
  const { [proposeFields.reason]: reason = '', [proposeFields.incident]: incident = '' } = values;
  const judged = await judge(deps, submission);
  if ('field' in judged) {
    await submission.tell(renderRefusedProposal(judged, { reason, incident }));
    return;
  }
  const { cluster } = judged.access;
  const procedure = readProcedure(values, cluster.name);
  const answer = await deps.service.propose({
    cluster: cluster.name,
    channel: cluster.channel,
    userId,
    reason,
    incident,
    backup: judged.backup,
    leaveOutUnlivable: readBackup(submission, cluster.name).leaveOut,
    ...(procedure !== null && { procedure }),
  });
  if (!answer.ok) {
    await submission.tell(renderRefusedProposal(answer.refusal, { reason, incident }));
    return;
  }
  if (channel !== cluster.channel) {
    await submission.tell(
      message([
        section(
          `*${answer.state.restoreId}: the plan for ${code(cluster.name)} appears in ${mentionChannel(cluster.channel)}.*`,
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
