import type { StepContext } from '../../step.ts';

/** Starts these hosts at once and waits until each one's replica is in the log group: until then it only may vote soon. */
export async function startAndSee(context: StepContext, hosts: readonly string[]): Promise<void> {
  if (hosts.length === 0) return;
  await context.onEachHost(async ({ host }) => {
    if (hosts.includes(host)) await context.operate(host, 'start-scheduler', {});
  });
  const wanted = context.cluster.hosts.filter((host) => hosts.includes(host.name));
  await context.waitFor({
    what: `${hosts.join(' and ')} to join the log group`,
    usual: 'a few seconds',
    limitMs: context.cluster.waits.electionMs,
    hint: "Look at the scheduler's own log: a replica that cannot open its log ends its process.",
    look: async () => {
      const replicas = await context.patiently('ZooKeeper', () => context.leader.listLogReplicas());
      const there = (libprocess: string): boolean =>
        replicas.some(({ address }) => address === libprocess || address.endsWith(`@${libprocess}`));
      return wanted.every((host) => there(host.libprocess)) ? true : null;
    },
  });
}
