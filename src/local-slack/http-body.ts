import type { IncomingMessage } from 'node:http';
import { SlackRefusal } from './refusal.ts';

/** Reads a whole body; refuses one that is longer than `max` bytes. */
export async function readBody(request: IncomingMessage, max: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const part = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    bytes += part.byteLength;
    if (bytes > max) throw new SlackRefusal('request_too_large');
    chunks.push(part);
  }
  return Buffer.concat(chunks);
}

/** The fields of a multipart body, files included. */
export async function readMultipart(body: Buffer, contentType: string): Promise<FormData> {
  try {
    return await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
  } catch {
    throw new SlackRefusal('invalid_form_data');
  }
}
