/** What is true of one Aurora release. The one place that turns a configured version into behaviour. */
import { AuroraError } from './errors.ts';
import { type Differences, releaseHistory } from './release-history.ts';
import type { ReleaseTraits } from './release-traits.ts';

export interface Release extends ReleaseTraits {
  /** As configured: `0.22.0`. */
  readonly version: string;
  /** 22 of `0.22.0`: every release of Aurora is a `0.x`, and nothing below the minor number matters to a restore. */
  readonly minor: number;
}

const oldestMinor = 5;
/** The last release of the fork; nothing that concerns a restore has changed after 0.22. */
const newestMinor = 25;

/** 22 of `0.22.0`, `0.22.0-SNAPSHOT` or `0.22`; `null` for anything that is no version of Aurora. */
export function minorOf(version: string): number | null {
  const digits = /^0\.(\d{1,3})(?:[.-].*)?$/.exec(version)?.[1];
  return digits === undefined ? null : Number(digits);
}

export function isKnownRelease(version: string): boolean {
  const minor = minorOf(version);
  return minor !== null && minor >= oldestMinor && minor <= newestMinor;
}

/** Throws AuroraError `release-unknown` for a version this program knows nothing about. */
export function releaseOf(version: string): Release {
  const minor = minorOf(version);
  if (minor === null || !isKnownRelease(version)) {
    throw new AuroraError({
      code: 'release-unknown',
      message: `${version} is not a release of Aurora that this program knows.`,
      hint: `Set auroraVersion to the release that runs, from 0.${oldestMinor}.0 to 0.${newestMinor}.0.`,
      details: { version },
    });
  }
  return { ...traitsAt(releaseHistory, minor), version, minor };
}

/** What a table of differences says of one release. */
export function traitsAt<T>({ oldest, changes }: Differences<T>, minor: number): T {
  const made = changes.filter((step) => step.minor <= minor).map(({ change }) => change);
  return Object.assign({}, oldest, ...made) as T;
}
