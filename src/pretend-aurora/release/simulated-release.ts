import { type Release, releaseOf, traitsAt } from '../../aurora/releases.ts';
import { simulatedHistory } from './simulated-history.ts';
import type { SimulatedTraits } from './simulated-traits.ts';

/** A release as a scheduler that is of it: what a restore meets, and everything besides. */
export type SimulatedRelease = Release & SimulatedTraits;

/** Throws AuroraError `release-unknown`. */
export function simulatedReleaseOf(version: string): SimulatedRelease {
  const release = releaseOf(version);
  return { ...release, ...traitsAt(simulatedHistory, release.minor) };
}
