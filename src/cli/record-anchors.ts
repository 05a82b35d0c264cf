/**
 * What the agents have seen of a journal. Each grant names the head that the journal had then, and an agent's audit log keeps it,
 * on another machine: who writes the bot's database, with its key even, cannot make those logs agree.
 */
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { verifyChain } from '../agent/audit-chain.ts';
import { listAuditFiles } from '../agent/audit-file.ts';
import { auditChains } from '../agent/audit-log.ts';

/** A head that an agent was shown with a grant that it took. */
interface Anchor {
  readonly restoreId: string;
  readonly seq: number;
  readonly hash: string;
  /** `line 7 of audit.jsonl`. */
  readonly at: string;
}

const anchoredLine = z.object({
  // What was refused may have been signed by anybody.
  decision: z.enum(['granted', 'answered-again']),
  operation: z.object({
    restoreId: z.string(),
    journal: z.object({ seq: z.int(), hash: z.string() }),
  }),
});

/** Reads audit logs: files, or the state directories of agents, of which the chain of what was done is read. Every break of their own chains is a problem, too. */
export async function readAnchors(
  paths: readonly string[],
): Promise<{ anchors: readonly Anchor[]; problems: readonly string[] }> {
  const anchors: Anchor[] = [];
  const problems: string[] = [];
  for (const path of paths) {
    const files = statSync(path).isDirectory() ? listAuditFiles(path, auditChains.done) : [path];
    if (files.length === 0) problems.push(`${path} has no audit log.`);
    const { problems: breaks } = await verifyChain(linesOf(files, (anchor) => anchors.push(anchor)));
    problems.push(...breaks);
  }
  return { anchors, problems };
}

async function* linesOf(
  files: readonly string[],
  take: (anchor: Anchor) => void,
): AsyncIterable<{ text: string; at: string }> {
  for (const file of files) {
    const lines = (await readFile(file, 'utf8')).split('\n');
    if (lines.at(-1) === '') lines.pop();
    for (const [index, text] of lines.entries()) {
      const at = `line ${index + 1} of ${file}`;
      const parsed = anchoredLine.safeParse(parseLine(text));
      if (parsed.success) {
        const { restoreId, journal } = parsed.data.operation;
        take({ restoreId, ...journal, at });
      }
      yield { text, at: `L${at.slice(1)}` };
    }
  }
}

/** `null` for a line that was torn by a crash. */
function parseLine(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** One sentence for each head that the record does not have; `hashes` are those of its events, in order. */
export function compareAnchors(
  record: { readonly restoreId: string; readonly hashes: readonly string[] },
  anchors: readonly Anchor[],
): readonly string[] {
  const { restoreId, hashes } = record;
  return anchors
    .filter((anchor) => anchor.restoreId === restoreId && hashes[anchor.seq - 1] !== anchor.hash)
    .map(({ seq, at }) =>
      seq > hashes.length
        ? `An agent has seen event ${seq} of ${restoreId} (${at}), and the record ends with event ${hashes.length}: its end was cut off.`
        : `An agent has seen another event ${seq} of ${restoreId} (${at}): the record was rewritten.`,
    );
}
