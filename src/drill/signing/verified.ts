/**
 * How many people's signatures stood behind what agents did, by the agents' own audit logs. The bot is not asked, and the logs
 * outlive a restart, which what an agent's status says does not.
 */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { listAuditFiles } from '../../agent/audit-file.ts';
import { auditChains } from '../../agent/audit-log.ts';
import { type Intent, intents } from '../../aurora/statement.ts';
import type { RunningHost } from '../hosts/drill-hosts.ts';

const verifiedLine = z.object({
  decision: z.literal('granted'),
  operation: z.object({ restoreId: z.string(), proofs: z.number(), proven: z.enum(intents) }),
});

/** By what was signed: the fewest good signatures with which any host took an operation that needs it. Absent when none did. */
export function readVerified(hosts: readonly RunningHost[], restoreId: string): ReadonlyMap<Intent, number> {
  const fewest = new Map<Intent, number>();
  for (const line of hosts.flatMap(linesOf)) {
    const parsed = verifiedLine.safeParse(parseLine(line));
    if (!parsed.success || parsed.data.operation.restoreId !== restoreId) continue;
    const { proven, proofs } = parsed.data.operation;
    fewest.set(proven, Math.min(proofs, fewest.get(proven) ?? proofs));
  }
  return fewest;
}

function linesOf({ paths }: RunningHost): string[] {
  // Held copies lie in the agent's state directory, where its audit log is.
  const files = listAuditFiles(dirname(paths.held), auditChains.done);
  return files.flatMap((file) => readFileSync(file, 'utf8').split('\n'));
}

/** Power that is cut leaves half a line. */
function parseLine(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return null;
  }
}
