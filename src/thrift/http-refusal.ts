import { errorCodes } from '../aurora/error-codes.ts';
import { RpcError } from './rpc-error.ts';
import type { RpcReply } from './transport.ts';

/** The error that an HTTP status other than 200 stands for (aurora.md 1.4, 1.5, 1.6). */
export function httpRefusal(method: string, reply: RpcReply): RpcError {
  const { status } = reply;
  const said = firstWords(reply.body);
  if (status === 401)
    return new RpcError(errorCodes.httpUnauthorized, {
      method,
      status,
      message: `The scheduler refuses ${method} without valid credentials (HTTP 401).`,
      hint: 'Check the user and password of this cluster in the configuration; wrong ones are refused even for reads.',
    });
  if (status >= 300 && status < 400) {
    const location = reply.headers.location ?? null;
    return new RpcError('http-redirect', {
      method,
      status,
      message: `This scheduler does not lead and sends ${method} to ${location ?? 'another one'} (HTTP ${status}).`,
      hint: 'Ask the leader, or send the bypass header to speak to this very scheduler.',
      details: { location },
    });
  }
  return new RpcError('http-status', {
    method,
    status,
    message: `The scheduler answers ${method} with HTTP ${status}${said === '' ? '' : `: ${said}`}.`,
    hint: hintFor(status),
  });
}

function hintFor(status: number): string {
  if (status === 415)
    return 'This release does not know the media type; TJSON works with every release, TBinary from 0.16 on.';
  if (status === 503)
    return 'No leader is known, as in all of recovery mode; send the bypass header to speak to this very scheduler.';
  if (status >= 500) return 'Read the log of that scheduler; it says no more over HTTP.';
  return 'Check that the address is the API of an Aurora scheduler.';
}

/** The text of an error page without its markup, on one line. */
function firstWords(body: Buffer): string {
  return body
    .toString('utf8', 0, 4096)
    .replace(/<title>.*?<\/title>|<[^>]*>/gs, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 200);
}
