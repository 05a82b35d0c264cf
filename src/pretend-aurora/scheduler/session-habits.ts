import type { SimulatedRelease } from '../release/simulated-release.ts';

/**
 * Who ends when the election's session is over, by release. `all`: standbys too. `elected`: it says that it has lost
 * leadership. `elected-but`: the same, but one that has not registered yet lives on when ZooKeeper was away for longer than the
 * session: elected and READY for good, without an election node, beside the next one.
 */
type EndsWithSession = 'all' | 'elected' | 'elected-but';

/** Recorded of 0.9, 0.12, 0.17 and 0.23 (aurora.md 14 G, H, 16; test/fixtures/two-elected). */
export function endsWithSession({ minor }: SimulatedRelease): EndsWithSession {
  if (minor < 17) return 'all';
  return minor < 20 ? 'elected' : 'elected-but';
}

/** A world's sessions stand for sessions of so long, the default from 0.19 on. */
const standsForMs = 15_000;

/**
 * How much longer than a world's sessions those of `-zk_session_timeout` are; `null` is its default. Never shorter: the 4 s of
 * releases before 0.19 would lose elections to a busy machine.
 */
export function sessionScale(flagMs: number | null): number {
  return Math.max(1, (flagMs ?? 0) / standsForMs);
}
