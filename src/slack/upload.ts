/** A file into a channel or a thread, by the three calls that Slack wants for it (slack.md 4.7). */
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';

interface UploadedFile {
  readonly name: string;
  readonly title: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What stands above it, as mrkdwn. */
  readonly comment?: string;
}

const ticketSchema = z.object({ upload_url: z.url(), file_id: z.string() });
const sendMs = 30_000;

/**
 * Answers the file's id. Throws what the client throws, and when the bytes were not taken; the file may be there when the last call
 * throws. No `alt_txt` is sent: with it, Slack has answered OK and shown the file nowhere (python-slack-sdk issue 1818).
 */
export async function uploadFile(
  { client, fetch }: { client: WebClient; fetch: typeof globalThis.fetch },
  place: { channel: string; threadTs: string | null },
  { name, title, bytes, comment }: UploadedFile,
): Promise<string> {
  const ticket = ticketSchema.parse(
    await client.files.getUploadURLExternal({ filename: name, length: bytes.length }),
  );
  const sent = await fetch(ticket.upload_url, {
    method: 'POST',
    body: bytes,
    redirect: 'error',
    signal: AbortSignal.timeout(sendMs),
  });
  if (!sent.ok) throw new Error(`upload answered ${sent.status}`);
  // Crash here: the file is nowhere to be seen and is uploaded again.
  await client.files.completeUploadExternal({
    files: [{ id: ticket.file_id, title }],
    channel_id: place.channel,
    ...(place.threadTs === null ? {} : { thread_ts: place.threadTs }),
    ...(comment === undefined ? {} : { initial_comment: comment }),
  });
  return ticket.file_id;
}
