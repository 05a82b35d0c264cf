/** Waits for the first election of a drill. */
import type { Clock } from '../../aurora/clock.ts';
import type { DrillHost } from '../hosts/drill-hosts.ts';
import { until } from './until.ts';

/** Answers once one of the schedulers says that it leads. */
export async function untilLeader(hosts: readonly DrillHost[], clock: Clock): Promise<void> {
  await until('one of the schedulers to lead', new AbortController().signal, async () => {
    const answers = await Promise.all(
      hosts.map(({ address }) => saysItLeads(`http://${address.ip}:${address.httpPort}`)),
    );
    if (answers.includes(true)) return true;
    await clock.sleep(100);
    return false;
  });
}

/** By `/leaderhealth`, or by the lifecycle gauge where there is no such page. */
async function saysItLeads(url: string): Promise<boolean> {
  const ask = (page: string) => fetch(`${url}${page}`, { signal: AbortSignal.timeout(2_000) });
  try {
    const { status } = await ask('/leaderhealth');
    if (status !== 404) return status === 200;
    return /"scheduler_lifecycle_ACTIVE":1/.test(await (await ask('/vars.json')).text());
  } catch {
    return false;
  }
}
