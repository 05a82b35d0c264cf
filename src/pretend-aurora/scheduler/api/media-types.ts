import type { SimulatedRelease } from '../../release/simulated-release.ts';
import { HttpFailure } from './rpc-failure.ts';

export type Protocol = 'json' | 'binary';

type Rules = SimulatedRelease['mediaTypes'];

const json = 'application/vnd.apache.thrift.json';
const binary = 'application/vnd.apache.thrift.binary';

/** Compared whole, parameters included (aurora.md 1.1). */
const requestProtocols: Readonly<Record<string, Protocol>> = {
  'application/x-thrift': 'json',
  'application/json': 'json',
  [json]: 'json',
  [binary]: 'binary',
};
/** The one charset that some releases know. */
const withCharset = `${json}; charset=utf-8`;

/** `null` for a media type that is none of ours (HTTP 415). Throws HttpFailure for text that is no media type. */
export function requestProtocol(contentType: string | undefined, rules: Rules): Protocol | null {
  if (rules === 'ignored' || contentType === undefined) return 'json';
  if (!contentType.includes('/')) {
    const problem =
      rules === 'exact' ? `Error parsing media type '${contentType}'` : `Could not parse '${contentType}'`;
    throw new HttpFailure(`java.lang.IllegalArgumentException: ${problem}`);
  }
  const name = contentType.toLowerCase();
  if (name === withCharset) return rules === 'charset' ? 'json' : null;
  return requestProtocols[name] ?? null;
}

export function responseProtocol(accept: string | undefined, rules: Rules): Protocol {
  return rules !== 'ignored' && accept === binary ? 'binary' : 'json';
}

/** What an answer is labelled; libthrift's own servlet knows one label for everything. */
export function answerMediaType(protocol: Protocol, rules: Rules): string {
  if (rules === 'ignored') return 'application/x-thrift';
  return protocol === 'binary' ? binary : json;
}

/** The body of a 415, the header as Jetty writes it back: it has its own spelling of the types it knows. */
export function unsupportedText(contentType: string): string {
  return `Unsupported Content-Type: ${contentType.replace(/^((?:application\/json|text\/\w+); ?charset=)utf-8/i, '$1UTF-8')}`;
}
