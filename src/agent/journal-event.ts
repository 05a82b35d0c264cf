/**
 * What stands in the journal of operations, read back. A journal outlives the release that wrote it: what this one does not
 * know is refused as it is, because acting on a guess may do a thing twice.
 */
import { z } from 'zod';
import { AuroraError } from '../aurora/errors.ts';
import type { OperationRequest, OperationResult } from '../aurora/operations.ts';
import { operationRequestSchema, parseOperationResult } from './operation-protocol.ts';

/** The form in which entries are written: a request and a result as they travel. What had no version yet has the same form. */
export const journalVersion = 1;

export interface JournalEntry {
  /** As it was last accepted, with the grant that allowed it. */
  readonly request: OperationRequest;
  /** It was about to act: from here on only the host can tell how far it came. */
  readonly started: boolean;
  readonly result: OperationResult | null;
}

/** The rows of one operation, oldest first; `null` for none. AuroraError `journal-entry-unknown` for any that is not ours. */
export function readJournalEntry(operationId: string, rows: readonly unknown[]): JournalEntry | null {
  try {
    return rows.map((row) => rowSchema.parse(row)).reduce(addRow, null);
  } catch (error) {
    throw unknownEntry(operationId, { versions: rows.map(versionOf), cause: error });
  }
}

const rowSchema = z.object({
  version: z.literal(journalVersion),
  event: z.enum(['accepted', 'started', 'ended']),
  body: z.string().transform((text): unknown => JSON.parse(text)),
});

function addRow(entry: JournalEntry | null, { event, body }: z.infer<typeof rowSchema>): JournalEntry {
  if (event === 'accepted') {
    const request: OperationRequest = operationRequestSchema.parse(body);
    return { started: false, result: null, ...entry, request };
  }
  if (entry === null) throw new Error(`${event} before it was accepted`);
  if (event === 'started') return { ...entry, started: true };
  const result = parseOperationResult(entry.request.kind, body);
  if (result.state === 'running') throw new Error('it ended and runs');
  return { ...entry, result };
}

function versionOf(row: unknown): number | null {
  return z.object({ version: z.number() }).safeParse(row).data?.version ?? null;
}

function unknownEntry(
  operationId: string,
  { versions, cause }: { versions: readonly (number | null)[]; cause: unknown },
): AuroraError {
  const foreign = versions.find((version) => version !== journalVersion);
  const why =
    foreign === undefined
      ? 'and one of its entries has another form than this release of the agent writes'
      : `written in form ${foreign ?? 'unknown'}, and this release of the agent knows form ${journalVersion}`;
  return new AuroraError({
    code: 'journal-entry-unknown',
    message: `${operationId} is in the journal of this host, ${why}. It was not touched.`,
    hint: 'Look at the host to see what it did. The release of the agent that wrote it can still read it, and end it.',
    details: { operationId },
    cause,
  });
}
