import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type ChainReport, verifyChain } from './audit-chain.ts';
import { listAuditFiles } from './audit-log.ts';

/** Follows the audit log of a state directory from its oldest file to its end. Throws when a file cannot be read. */
export async function verifyAuditLog(directory: string): Promise<ChainReport & { readonly files: number }> {
  const paths = listAuditFiles(directory);
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
