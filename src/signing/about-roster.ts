import type { PersonKey, Roster } from './roster.ts';

const dayMs = 24 * 3_600_000;
const soonMs = 30 * dayMs;
/** What overwrites a cluster's storage takes two of them. */
const peopleMin = 2;

/** What somebody should mend before the next incident, a sentence each; the roster counts as it is. */
export function aboutRoster({ people }: Roster, now: number): readonly string[] {
  const able = [...people.values()].filter(({ keys }) => keys.some((key) => isGood(key, now)));
  const few = `${able.length} of the roster can sign now, and a commit takes two.`;
  return [
    ...(able.length < peopleMin ? [few] : []),
    ...[...people.values()].flatMap(({ name, keys }) => {
      const good = keys.filter((key) => key.until > now);
      const ending = good.filter((key) => key.until <= now + soonMs);
      return [
        ...ending.map(
          (key) => `${name}'s key ${key.name} ends in ${Math.floor((key.until - now) / dayMs)} days.`,
        ),
        ...(good.length === 1 ? [`${name} has one key: if it is lost, they can no longer sign.`] : []),
      ];
    }),
  ];
}

function isGood({ from, until }: PersonKey, now: number): boolean {
  return from <= now && now < until;
}
