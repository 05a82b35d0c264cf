import { z } from 'zod';
import { listAuditFiles } from '../../../src/agent/audit-file.ts';
import { auditChains } from '../../../src/agent/audit-log.ts';
import { readLines } from './test-host.ts';

const lineSchema = z.looseObject({
  at: z.number(),
  decision: z.string().optional(),
  rule: z.string().optional(),
  request: z.string().optional(),
  status: z.number().optional(),
  more: z.number().optional(),
});

/** The lines of all chains of an audit log, or of one of them, oldest first. */
export async function readAudit(directory: string, chain?: keyof typeof auditChains) {
  const chains = chain === undefined ? Object.values(auditChains) : [auditChains[chain]];
  const paths = chains.flatMap((name) => listAuditFiles(directory, name));
  const lines = (await Promise.all(paths.map(readLines))).flat();
  return lines.map((line) => lineSchema.parse(JSON.parse(line))).toSorted((a, b) => a.at - b.at);
}
