/**
 * The file in the state directory that says that traffic is blocked, and how: enough to block again after a boot from this
 * file alone. Beside it a note that somebody did, until it is in the audit log.
 */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { removeDurably, writeDurably } from '../files/durable-file.ts';
import { readSmall } from '../files/plain-file.ts';
import { iptablesSchema } from '../iptables-config.ts';

/** The operation that blocked, and the port. */
const whose = { operationId: z.string(), port: z.number() };

const blockedSchema = z.union([
  z.object({ ...whose, nft: z.string(), table: z.string() }),
  z.object({ ...whose, iptables: iptablesSchema }),
]);

export type Blocked = z.infer<typeof blockedSchema>;

export interface TrafficMarker {
  exists(): boolean;
  /** `null` when there is none, or one of an earlier version, which says less. */
  read(): Promise<Blocked | null>;
  write(blocked: Blocked): Promise<void>;
  remove(): Promise<void>;
  noteBlockedAgain(): Promise<void>;
  /** Whether there is a note; it is gone afterwards. */
  takeNote(): Promise<boolean>;
}

export function trafficMarker(state: string): TrafficMarker {
  const path = join(state, 'traffic-blocked');
  const note = `${path}-again`;
  return {
    exists: () => existsSync(path),
    read: async () => {
      const text = await readSmall(path, 64 * 1024).catch(() => '');
      if (!text.startsWith('{')) return null;
      return blockedSchema.parse(JSON.parse(text));
    },
    write: (blocked) => writeDurably(path, `${JSON.stringify(blocked)}\n`),
    remove: () => removeDurably(path),
    noteBlockedAgain: () => writeDurably(note, ''),
    takeNote: async () => {
      const noted = existsSync(note);
      await rm(note, { force: true });
      return noted;
    },
  };
}
