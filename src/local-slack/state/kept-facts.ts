import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { block } from '../block-kit/blocks.ts';
import type { FileObject, Message } from './entities.ts';

/**
 * What anyone can see, as JSON lines: written before it is shown, read back at start. A line cut off by a kill is dropped:
 * nobody had seen its fact. Views, ephemerals and envelopes are not here; a real Slack forgets those too.
 */
export type KeptFact =
  | { readonly kind: 'message'; readonly channel: string; readonly message: Message }
  | { readonly kind: 'message_deleted'; readonly channel: string; readonly ts: string }
  | { readonly kind: 'file'; readonly file: FileObject }
  | {
      readonly kind: 'membership';
      readonly channel: string;
      readonly user: string;
      readonly member: boolean;
    }
  | { readonly kind: 'direct_channel'; readonly channel: string; readonly users: readonly string[] }
  | { readonly kind: 'user_deleted'; readonly user: string; readonly deleted: boolean }
  | {
      readonly kind: 'response_url';
      readonly id: string;
      readonly user: string;
      readonly channel: string;
      readonly message_ts?: string | undefined;
      readonly thread_ts?: string | undefined;
      readonly ephemeral: boolean;
      readonly expires_at: number;
      readonly uses: number;
    };

const file = z.looseObject({ id: z.string(), name: z.string(), size: z.number() });
const message = z.looseObject({
  type: z.literal('message'),
  ts: z.string(),
  user: z.string(),
  text: z.string(),
  blocks: z.array(block).optional(),
  files: z.array(file).optional(),
});
/** Our own lines: enough is checked to refuse a file that is not ours, the rest is what we wrote. */
const entry = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('message'),
    channel: z.string(),
    message: z.custom<Message>((value) => message.safeParse(value).success),
  }),
  z.object({ kind: z.literal('message_deleted'), channel: z.string(), ts: z.string() }),
  z.object({ kind: z.literal('file'), file: z.custom<FileObject>((value) => file.safeParse(value).success) }),
  z.object({ kind: z.literal('membership'), channel: z.string(), user: z.string(), member: z.boolean() }),
  z.object({ kind: z.literal('direct_channel'), channel: z.string(), users: z.array(z.string()) }),
  z.object({ kind: z.literal('user_deleted'), user: z.string(), deleted: z.boolean() }),
  z.object({
    kind: z.literal('response_url'),
    id: z.string(),
    user: z.string(),
    channel: z.string(),
    message_ts: z.string().optional(),
    thread_ts: z.string().optional(),
    ephemeral: z.boolean(),
    expires_at: z.number(),
    uses: z.number(),
  }),
]);

export interface KeptFacts {
  read(): readonly KeptFact[];
  append(entry: KeptFact): void;
  writeFileBytes(id: string, bytes: Uint8Array): void;
  /** `null` when there is no such file. */
  readFileBytes(id: string): Uint8Array | null;
}

/** Facts kept in memory, for a Slack without a state directory. */
export function keepInMemory(): KeptFacts {
  const files = new Map<string, Uint8Array>();
  return {
    read: () => [],
    append: () => undefined,
    writeFileBytes: (id, bytes) => void files.set(id, bytes),
    readFileBytes: (id) => files.get(id) ?? null,
  };
}

/** Facts kept in `directory`: `slack.jsonl` and the bytes of files beside it. Throws when a line in the middle is not ours. */
export function keepInDirectory(directory: string): KeptFacts {
  const path = join(directory, 'slack.jsonl');
  const filesDirectory = join(directory, 'files');
  mkdirSync(filesDirectory, { recursive: true });
  return {
    read: () => (existsSync(path) ? readLines(path) : []),
    append: (line) => appendFileSync(path, `${JSON.stringify(line)}\n`),
    writeFileBytes: (id, bytes) => writeFileSync(join(filesDirectory, id), bytes),
    readFileBytes: (id) => {
      const filePath = join(filesDirectory, id);
      return /^F[A-Z0-9]+$/.test(id) && existsSync(filePath) ? readFileSync(filePath) : null;
    },
  };
}

function readLines(path: string): KeptFact[] {
  const bytes = readFileSync(path);
  const whole = bytes.lastIndexOf(10) + 1;
  if (whole < bytes.length) truncateSync(path, whole);
  return bytes
    .subarray(0, whole)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => entry.parse(JSON.parse(line)));
}
