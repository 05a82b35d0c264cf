/**
 * How long the answers of an agent may be, by what was asked. The bot talks to every host from one event loop: an answer
 * that is parsed for a minute stops the restores of all clusters, and the owner of one machine must not be able to.
 */

export interface AnswerLimits {
  readonly bytesMax: number;
  /** From the question to the last byte, in deadlines of the agent; within it no silence may be longer than one. */
  readonly deadlines: number;
}

const mib = 1024 ** 2;

/** An honest status has some 10 KB, a report on a backup some 1 KB. A listing may decode its backups first. */
export const answerLimits = {
  status: { bytesMax: mib, deadlines: 2 },
  backups: { bytesMax: 8 * mib, deadlines: 10 },
  backup: { bytesMax: mib, deadlines: 10 },
  heldCopies: { bytesMax: mib, deadlines: 2 },
  staged: { bytesMax: 64 * 1024, deadlines: 10 },
  operation: { bytesMax: mib, deadlines: 2 },
  refusal: { bytesMax: 64 * 1024, deadlines: 2 },
} as const satisfies Record<string, AnswerLimits>;

/** No answer of an agent has more than eight. */
const nestingMax = 32;

/** The value of a JSON text; `undefined` for none and for one that is cut. */
export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Whether whoever walks through its value (a log, the journal) could run out of stack. */
export function nestsTooDeep(bytes: Buffer): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === quote) quoted = !quoted;
    else if (quoted) at += byte === backslash ? 1 : 0;
    else if (byte === opensList || byte === opensObject) depth += 1;
    else if (byte === closesList || byte === closesObject) depth -= 1;
    if (depth > nestingMax) return true;
  }
  return false;
}

const [quote, backslash, opensList, closesList, opensObject, closesObject] = Buffer.from('"\\[]{}');
