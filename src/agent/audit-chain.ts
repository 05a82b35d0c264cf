/**
 * The chain of the audit log: every line carries the sha256 of the line before it, so that a line changed, taken out or
 * put in later shows. Pure. What it cannot show is an end that was cut off: compare the head with one that was logged.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';

/** What the first line of all names as the one before it. */
export const chainStart = '0'.repeat(64);

/** Hex sha256 of a line without its line end. */
export function hashLine(line: string): string {
  return createHash('sha256').update(line).digest('hex');
}

/** What makes a line one of the chain; `torn` says that the one before it was cut off by a crash. */
const linkSchema = z.looseObject({
  at: z.number(),
  previous: z.string().regex(/^[0-9a-f]{64}$/),
  torn: z.literal(true).optional(),
});

export interface ChainReport {
  readonly entries: number;
  /** Hash of the last line. */
  readonly head: string;
  /** Earlier files were removed by rotation, and the chain begins with what one of them ended with. */
  readonly startsInTheMiddle: boolean;
  /** Lines cut off by a crash, each vouched for by the line after it. */
  readonly torn: number;
  /** One sentence for each break; empty when the chain is whole. */
  readonly problems: readonly string[];
}

const problemsMax = 20;

/** Follows the chain through lines of one file or many; `at` is what messages call the place of a line. */
export async function verifyChain(
  lines: AsyncIterable<{ readonly text: string; readonly at: string }>,
): Promise<ChainReport> {
  const problems: string[] = [];
  const complain = (problem: string): void => {
    if (problems.length < problemsMax) problems.push(problem);
  };
  let entries = 0;
  let torn = 0;
  let startsInTheMiddle = false;
  let head: string | null = null;
  let unread: string | null = null;
  for await (const { text, at } of lines) {
    const link = parseLink(text);
    if (link === null) {
      if (unread !== null) complain(`${unread} is not an entry.`);
      unread = at;
    } else {
      if (head === null) startsInTheMiddle = link.previous !== chainStart;
      else if (link.previous !== head) complain(`${at} does not follow the line before it.`);
      if (unread !== null && link.torn === true) torn += 1;
      else if (unread !== null) complain(`${unread} is not an entry.`);
      unread = null;
      entries += 1;
    }
    head = hashLine(text);
  }
  if (unread !== null) torn += 1;
  return { entries, head: head ?? chainStart, startsInTheMiddle, torn, problems };
}

function parseLink(text: string): z.output<typeof linkSchema> | null {
  try {
    const parsed = linkSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
