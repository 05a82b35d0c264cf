import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname } from 'node:path';

/** The page's own files, beside this module, so that a build only has to copy the folder. */
const directory = new URL('./page/', import.meta.url);

const mediaTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Nothing inline, nothing from elsewhere, no frames. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Sends one of the page's files; false when there is none of that name. */
export async function sendPageFile(name: string, response: ServerResponse): Promise<boolean> {
  const mediaType = mediaTypes[extname(name)];
  if (mediaType === undefined || !/^[a-z][a-z0-9-]*\.[a-z]+$/.test(name)) return false;
  const bytes = await readFile(new URL(name, directory)).catch(() => null);
  if (bytes === null) return false;
  response.writeHead(200, {
    'content-type': mediaType,
    'content-security-policy': contentSecurityPolicy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
  });
  response.end(bytes);
  return true;
}
