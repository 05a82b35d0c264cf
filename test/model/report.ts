/** What the model says: a trace a person can follow, and one line for a machine. */
import type { Exploration, Violation } from './explore.ts';

/** The shortest way to a broken promise, one line a move. */
export function formatViolation({ scene, trace, breaches }: Violation): string {
  const width = String(trace.length).length;
  const moves = trace.map(
    ({ tick, label }, index) => `  ${String(index + 1).padStart(width)}. tick ${tick}: ${label}`,
  );
  return [
    `Broken: ${breaches.join('; ')}.`,
    `The shortest way there, ${trace.length} moves from where ${scene}:`,
    ...moves,
  ].join('\n');
}

/** The last line of `--json`. */
export function jsonLine(size: { people: number; digests: number }, found: Exploration): string {
  const { people, digests } = size;
  const { depth, states, violation } = found;
  return JSON.stringify({ people, digests, depth, states, violations: violation === null ? 0 : 1 });
}
