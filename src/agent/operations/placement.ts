/** What `place-backup` did, written before it does it, so that `take-out-backup` takes out that and nothing else. */
import { z } from 'zod';
import { writeDurably } from '../files/durable-file.ts';
import { isMissing, readSmall } from '../files/plain-file.ts';
import type { OperationContext } from './operation.ts';

const placementSchema = z.strictObject({
  sha256: z.string(),
  /** The copy of a file of that name that was there before. */
  replaced: z.string().nullable(),
  takenOut: z.boolean(),
  /** Where it was taken out to; `null` as well when somebody else had taken it away before. */
  takenOutTo: z.string().nullable(),
});

const placementBytesMax = 64 * 1024;

type Placement = z.output<typeof placementSchema>;

/** `null` when this restore never placed a backup of that name here. */
export async function readPlacement(
  { held, restoreId }: OperationContext,
  name: string,
): Promise<Placement | null> {
  try {
    return placementSchema.parse(
      JSON.parse(await readSmall(held.placementPath(restoreId, name), placementBytesMax)),
    );
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

export async function writePlacement(
  { held, restoreId }: OperationContext,
  name: string,
  placement: Placement,
): Promise<void> {
  const path = held.placementPath(restoreId, name);
  await held.makeRoom(path);
  await writeDurably(path, JSON.stringify(placement));
}
