/**
 * What a running scheduler, or its host, tells of the release it is: cheap looks that change nothing
 * (aurora-versions.md, "Choosing behaviour at run time"). They never choose a release; they only contradict one.
 */
import { callLifetimes } from './call-lifetimes.ts';
import { flagLifetimes } from './flag-lifetimes.ts';
import { type Lifetime, lifetimeText, livesIn } from './lifetime.ts';
import type { Release } from './releases.ts';

export interface ReleaseSign {
  /** What was seen, as the beginning of a sentence. */
  readonly seen: string;
  /** The releases in which that can be seen. */
  readonly lifetime: Lifetime;
}

/** `status` of `/leaderhealth`; anything but its own four answers tells nothing. */
export function signOfLeaderHealth(status: number | null): ReleaseSign[] {
  if (status === 404) return [{ seen: '/leaderhealth does not exist', lifetime: { to: 12 } }];
  if (status === 200 || status === 502 || status === 503) {
    return [{ seen: `/leaderhealth answers ${status}`, lifetime: { from: 13 } }];
  }
  return [];
}

/** Whether the tool lies on the host; that it does not tells nothing. */
export function signOfRecoveryTool(present: boolean): ReleaseSign[] {
  return present ? [{ seen: 'it has a recovery-tool', lifetime: { from: 20 } }] : [];
}

/** Every flag of the file that some release refuses. */
export function signsOfFlags(names: readonly string[]): ReleaseSign[] {
  return names.flatMap((name) => {
    const lifetime = flagLifetimes.get(name);
    return lifetime === undefined ? [] : [{ seen: `its flags hold -${name}`, lifetime }];
  });
}

/** Whether `getTierConfigs` is known, the call that tells most and touches least. */
export function signOfTierConfigs(known: boolean): ReleaseSign {
  const { from = 0 } = callLifetimes['getTierConfigs'] ?? {};
  return known
    ? { seen: 'it knows getTierConfigs', lifetime: { from } }
    : { seen: 'it does not know getTierConfigs', lifetime: { to: from - 1 } };
}

/** The media type of a Thrift answer. */
export function signOfMediaType(mediaType: string | null): ReleaseSign[] {
  if (mediaType === 'application/x-thrift') {
    return [{ seen: 'it answers as application/x-thrift', lifetime: { to: 15 } }];
  }
  if (mediaType?.startsWith('application/vnd.apache.thrift.') === true) {
    return [{ seen: `it answers as ${mediaType}`, lifetime: { from: 16 } }];
  }
  return [];
}

/** Where a task's needs stand; a task with neither tells nothing. */
export function signsOfTask(task: { scalars: boolean; set: boolean }): ReleaseSign[] {
  if (!task.scalars && !task.set) return [];
  return [
    task.scalars
      ? { seen: 'its tasks carry numCpus', lifetime: { to: 19 } }
      : { seen: 'its tasks do not carry numCpus', lifetime: { from: 20 } },
    task.set
      ? { seen: 'its tasks carry resource sets', lifetime: { from: 14 } }
      : { seen: 'its tasks carry no resource sets', lifetime: { to: 13 } },
  ];
}

/** The first sign that the configured release cannot give, as a sentence that names both; `null` when all agree. */
export function explainContradiction(signs: readonly ReleaseSign[], release: Release): string | null {
  const sign = signs.find(({ lifetime }) => !livesIn(lifetime, release.minor));
  if (sign === undefined) return null;
  return `it is configured as Aurora ${release.version}, but ${sign.seen}, as only ${lifetimeText(sign.lifetime)} does.`;
}
