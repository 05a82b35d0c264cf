import { AuroraError } from '../aurora/errors.ts';
import type { HostStatus } from '../aurora/hosts.ts';
import { releaseOf } from '../aurora/releases.ts';
import { askZooKeeper } from './elected.ts';
import type { StepContext } from './step.ts';

/** Waits until ZooKeeper, the health page and the lifecycle gauge name the same leader; answers its host. */
export async function waitForLeader(context: StepContext): Promise<string> {
  try {
    const { value } = await context.waitFor({
      what: 'one scheduler to register and lead',
      usual: 'up to a minute',
      limitMs: context.cluster.waits.registrationMs,
      hint: 'Look at the log of the elected scheduler: it names what keeps it from registering with Mesos.',
      look: () => findLeaderHost(context),
    });
    return value;
  } catch (error) {
    // Nobody registers with a master that is away; when it is, its own error says so better.
    if (error instanceof AuroraError && error.code === 'waited-too-long')
      await context.mesos.listFrameworks();
    throw error;
  }
}

/** The leading host when all three sources agree, else `null`; throws when ZooKeeper does not answer for too long. */
export async function findLeaderHost(context: StepContext): Promise<string | null> {
  const answer = await context.patiently('ZooKeeper', () => askZooKeeper(context));
  if (answer.kind !== 'one') return null;
  const host = context.cluster.hosts.find(
    (candidate) =>
      candidate.advertised === answer.endpoint.host && candidate.httpPort === answer.endpoint.port,
  );
  if (host === undefined) return null;
  const status = await context.readStatus(context.agentOf(host.name));
  const agrees =
    saysItLeads(status, context.cluster.auroraVersion) && status.vars?.['framework_registered'] === 1;
  return agrees ? host.name : null;
}

/** By its gauge and its health page; up to 0.12 there is no such page, and the gauge alone speaks. */
export function saysItLeads(status: HostStatus, auroraVersion: string): boolean {
  const page = releaseOf(auroraVersion).leaderHealth ? 200 : 404;
  return status.leaderHealth === page && status.vars?.['scheduler_lifecycle_ACTIVE'] === 1;
}
