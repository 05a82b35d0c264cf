/**
 * The roster as it lies on this host. Read for every operation, so that a leaver counts no more at once; only parsing is saved while
 * the bytes stay the same. What cannot be read, or could be changed by others, is no roster.
 */
import type { Stats } from 'node:fs';
import { AuroraError, messageOf } from '../../aurora/errors.ts';
import { type Roster, rosterBytesMax, rosterReader } from '../../signing/roster.ts';
import { openPlain } from '../files/plain-file.ts';

export interface RosterFile {
  /** Throws AuroraError `roster-invalid`. */
  read(): Promise<Roster>;
}

/** The roster at `path`; nothing is read before it is asked for. */
export function createRosterFile(path: string): RosterFile {
  const parse = rosterReader(path);
  return { read: async () => parse(await readText(path)) };
}

async function readText(path: string): Promise<string> {
  const file = await openPlain(path, rosterBytesMax).catch((error: unknown) => {
    throw unreadable(`The roster ${path} cannot be read: ${messageOf(error)}.`);
  });
  try {
    const fault = faultOfFile(await file.stat());
    if (fault !== null) throw unreadable(`The roster ${path} ${fault}.`);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** Whoever may write it decides who signs. The end of a sentence; `null` when it is root's, or this agent's own, alone. */
function faultOfFile(stats: Stats): string | null {
  if (stats.uid !== 0 && stats.uid !== process.getuid?.())
    return `belongs to another account (uid ${stats.uid})`;
  return (stats.mode & 0o022) === 0 ? null : 'can be written by others than its owner';
}

function unreadable(message: string): AuroraError {
  return new AuroraError({
    code: 'roster-invalid',
    message,
    hint: 'Give it to root with "chown root" and "chmod 644"; docs/signing.md describes it.',
  });
}
