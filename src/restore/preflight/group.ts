import type { CheckResult } from '../record/facts.ts';

/** The same thing found on several hosts. */
export interface FoundOnHosts extends Omit<CheckResult, 'host'> {
  /** Empty when it is about the cluster. */
  readonly hosts: readonly string[];
}

/** Results that say the same of several hosts become one, in the order of their first. */
export function gatherHosts(results: readonly CheckResult[]): readonly FoundOnHosts[] {
  const found = new Map<string, FoundOnHosts & { hosts: string[] }>();
  for (const { host, ...result } of results) {
    const key = JSON.stringify([result.name, result.verdict, result.message, result.hint]);
    const one = found.get(key) ?? { ...result, hosts: [] };
    if (host !== undefined) one.hosts.push(host);
    found.set(key, one);
  }
  return [...found.values()];
}
