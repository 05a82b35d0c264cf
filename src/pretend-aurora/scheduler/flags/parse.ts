import type { SimulatedRelease } from '../../release/simulated-release.ts';
import { parseAsArgScanner } from './arg-scanner.ts';
import { parseAsJCommander } from './jcommander.ts';
import { type FlagValues, flagKindsOf } from './table.ts';

/**
 * Parses arguments as a release does. Throws AuroraError `bad-flags` with the scheduler's own words; it then prints its
 * usage and exits 1.
 */
export function parseFlags(argv: readonly string[], release: SimulatedRelease): FlagValues {
  const kinds = flagKindsOf(release);
  return release.flagParser === 'jcommander'
    ? parseAsJCommander(argv, kinds)
    : parseAsArgScanner(argv, { kinds, refusesStrayWords: release.refusesStrayWords });
}

/** The lines of a flag file: one argument a line, blank lines and lines starting with # left out. */
export function readFlagFile(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
