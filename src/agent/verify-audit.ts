import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type ChainReport, verifyChain } from './audit-chain.ts';
import { listAuditFiles } from './audit-file.ts';
import { auditChains } from './audit-log.ts';

/** All chains together; `head` is that of what was done. */
type AuditReport = ChainReport & { readonly files: number };

/** Follows the audit log of a state directory, each chain from its oldest file to its end. Throws when a file cannot be read. */
export async function verifyAuditLog(directory: string): Promise<AuditReport> {
  const done = await verifyFiles(listAuditFiles(directory, auditChains.done));
  const read = await verifyFiles(listAuditFiles(directory, auditChains.read));
  const refused = await verifyFiles(listAuditFiles(directory, auditChains.refused));
  const all = [done, read, refused];
  const sum = (of: (report: AuditReport) => number): number =>
    all.reduce((total, report) => total + of(report), 0);
  return {
    entries: sum(({ entries }) => entries),
    head: done.head,
    startsInTheMiddle: all.some(({ startsInTheMiddle }) => startsInTheMiddle),
    torn: sum(({ torn }) => torn),
    problems: all.flatMap(({ problems }) => problems),
    files: sum(({ files }) => files),
  };
}

async function verifyFiles(paths: readonly string[]): Promise<AuditReport> {
  return { ...(await verifyChain(linesOf(paths))), files: paths.length };
}

/** Rotation keeps each file small enough to be read at once. */
async function* linesOf(paths: readonly string[]): AsyncIterable<{ text: string; at: string }> {
  for (const path of paths) {
    const lines = (await readFile(path, 'utf8')).split('\n');
    if (lines.at(-1) === '') lines.pop();
    for (const [index, text] of lines.entries()) {
      yield { text, at: `Line ${index + 1} of ${basename(path)}` };
    }
  }
}
