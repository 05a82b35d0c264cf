import type { Clock } from '../aurora/clock.ts';
import type { PlainLook } from './files/plain-file.ts';

/** From 0.7 on a backup has its name before its last 8 KiB are written (aurora.md 5); a person may be copying one. */
export const settleMs = 2_000;

interface Settling {
  /** Nothing has changed it for a while: by its own times, or, where clocks disagree, by how long it has been seen as it is. */
  isSettled(look: Pick<PlainLook, 'version' | 'changedAtMs'>): boolean;
  /** These are there now. */
  see(versions: ReadonlySet<string>): void;
  /** It was read before it had settled. */
  noteProvisional(version: string): void;
  /** Whether it was; it is not any more. */
  takeProvisional(version: string): boolean;
}

/** Which files of a directory are being written, perhaps. Versions are those of plain-file.ts. */
export function createSettling(clock: Clock): Settling {
  const seenSince = new Map<string, number>();
  const provisional = new Set<string>();
  return {
    isSettled: ({ version, changedAtMs }) => {
      const now = clock.now();
      if (now - changedAtMs >= settleMs) return true;
      return now - (seenSince.get(version) ?? now) >= settleMs;
    },
    see: (versions) => {
      const now = clock.now();
      for (const version of seenSince.keys()) if (!versions.has(version)) seenSince.delete(version);
      for (const version of provisional) if (!versions.has(version)) provisional.delete(version);
      // A clock that was set back has it begin anew.
      for (const version of versions) seenSince.set(version, Math.min(seenSince.get(version) ?? now, now));
    },
    noteProvisional: (version) => void provisional.add(version),
    takeProvisional: (version) => provisional.delete(version),
  };
}
