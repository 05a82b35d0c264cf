/** Waits for the first election of a drill, and for what comes of it. */
import type { Clock } from '../../aurora/clock.ts';
import type { DrillHost } from '../hosts/drill-hosts.ts';
import { until } from './until.ts';

/** A scheduler that was elected is ready well before, in its own seconds (aurora.md 4.2). */
const startSeconds = 60;

/** Answers once one of the schedulers says that it leads. */
export async function untilLeader(hosts: readonly DrillHost[], clock: Clock): Promise<void> {
  await untilHosts('one of the schedulers to lead', { hosts, clock }, async (urls) =>
    (await Promise.all(urls.map(saysItLeads))).includes(true),
  );
}

/**
 * Answers once all schedulers are up and one has been elected for longer than a start ever takes, which is as far as they get
 * without their log.
 */
export async function untilStuck(hosts: readonly DrillHost[], clock: Clock): Promise<void> {
  await untilHosts('one of the schedulers to be elected for a minute', { hosts, clock }, async (urls) => {
    const pages = await Promise.all(urls.map(async (url) => (await ask(url, '/vars.json')).text()));
    return pages.some((page) => {
      const vars = JSON.parse(page) as Record<string, unknown>;
      const isElected = vars['scheduler_lifecycle_LEADER_AWAITING_REGISTRATION'] === 1;
      return isElected && Number(vars['jvm_uptime_secs']) > startSeconds;
    });
  });
}

async function untilHosts(
  what: string,
  { hosts, clock }: { hosts: readonly DrillHost[]; clock: Clock },
  look: (urls: readonly string[]) => Promise<boolean>,
): Promise<void> {
  const urls = hosts.map(({ address }) => `http://${address.ip}:${address.httpPort}`);
  await until(what, new AbortController().signal, async () => {
    if (await look(urls)) return true;
    await clock.sleep(100);
    return false;
  });
}

/** By `/leaderhealth`, or by the lifecycle gauge where there is no such page. */
async function saysItLeads(url: string): Promise<boolean> {
  try {
    const { status } = await ask(url, '/leaderhealth');
    if (status !== 404) return status === 200;
    return /"scheduler_lifecycle_ACTIVE":1/.test(await (await ask(url, '/vars.json')).text());
  } catch {
    return false;
  }
}

function ask(url: string, page: string): Promise<Response> {
  return fetch(`${url}${page}`, { signal: AbortSignal.timeout(2_000) });
}
