import { HttpFailure } from './rpc-failure.ts';

export type Protocol = 'json' | 'binary';

export const mediaTypes = {
  json: 'application/vnd.apache.thrift.json',
  binary: 'application/vnd.apache.thrift.binary',
} as const;

/** Compared whole, parameters included: only this one charset is known (aurora.md 1.1). */
const requestProtocols: Readonly<Record<string, Protocol>> = {
  'application/x-thrift': 'json',
  'application/json': 'json',
  [mediaTypes.json]: 'json',
  [`${mediaTypes.json}; charset=utf-8`]: 'json',
  [mediaTypes.binary]: 'binary',
};

/**
 * `null` for a media type that is none of ours (HTTP 415). Throws HttpFailure for text that is no media type.
 */
export function requestProtocol(contentType: string | undefined): Protocol | null {
  if (contentType === undefined) return 'json';
  if (!contentType.includes('/')) {
    throw new HttpFailure(`java.lang.IllegalArgumentException: Could not parse '${contentType}'`);
  }
  return requestProtocols[contentType.toLowerCase()] ?? null;
}

export function responseProtocol(accept: string | undefined): Protocol {
  return accept === mediaTypes.binary ? 'binary' : 'json';
}

/** The body of a 415, the header as Jetty writes it back. */
export function unsupportedText(contentType: string): string {
  return `Unsupported Content-Type: ${contentType.replace(/charset=utf-8/i, 'charset=UTF-8')}`;
}
