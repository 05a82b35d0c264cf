import { errorCodes, hasCode } from '../../aurora/error-codes.ts';
import type { HostStatus } from '../../aurora/hosts.ts';
import { judgeLeadership } from '../../aurora/leadership.ts';
import type { StepContext } from '../step.ts';
import { askZooKeeper } from './elected.ts';
import { HungWatch } from './hung.ts';
import { finishRestarts, HungRestarted, restartHung } from './restart-hung.ts';

/** Waits until ZooKeeper, the health page and the lifecycle gauge name the same leader; answers its host. */
export async function waitForLeader(context: StepContext): Promise<string> {
  const hung = new HungWatch(context.cluster);
  await finishRestarts(context);
  try {
    const { value } = await context.waitFor({
      what: 'one scheduler to register and lead',
      usual: 'up to a minute',
      limitMs: context.cluster.waits.registrationMs,
      hint: 'Look at the log of the elected scheduler: it names what keeps it from registering with Mesos.',
      look: async () => (await findLeaderHost(context)) ?? (await restartWhatHangs(context, hung)),
    });
    return value;
  } catch (error) {
    if (error instanceof HungRestarted) return await waitForLeader(context);
    // Nobody registers with a master that is away; when it is, its own error says so better.
    if (hasCode(error, errorCodes.waitedTooLong)) await context.mesos.listFrameworks();
    throw error;
  }
}

/** One that hangs keeps nobody from leading for ever; `null`, because nobody leads yet. Agents that do not answer are no matter. */
async function restartWhatHangs(context: StepContext, hung: HungWatch): Promise<null> {
  const seen = await context.onEachHost((agent) => agent.readStatus().catch(() => null));
  const statuses = seen.filter((status) => status !== null);
  const answer = await context.patiently('ZooKeeper', () => askZooKeeper(context));
  await restartHung(context, hung.see({ statuses, answer }, context.now()));
  return null;
}

/** The leading host when all three sources agree, else `null`; throws when ZooKeeper does not answer for too long. */
export async function findLeaderHost(context: StepContext): Promise<string | null> {
  return (await lookAtLeader(context))?.host ?? null;
}

/** The same with what its agent said of it. */
export async function lookAtLeader(context: StepContext): Promise<HostStatus | null> {
  const answer = await context.patiently('ZooKeeper', () => askZooKeeper(context));
  if (answer.kind === 'several') {
    // Which of them leads is only told by all of them; an agent that does not answer leaves it open.
    const seen = await context.onEachHost((agent) => agent.readStatus().catch(() => null));
    return judgeLeadership(context.cluster, { statuses: seen.filter((each) => each !== null), answer })
      .leader;
  }
  const { advertised } = judgeLeadership(context.cluster, { statuses: [], answer });
  if (advertised?.host == null) return null;
  const status = await context.readStatus(context.agentOf(advertised.host));
  return judgeLeadership(context.cluster, { statuses: [status], answer }).leader;
}
