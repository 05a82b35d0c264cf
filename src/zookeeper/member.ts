import { z } from 'zod';
import type { Endpoint, MemberEffect } from '../aurora/leader.ts';

/** What a `member_` node's data is to schedulers, and what is wrong with it, for a person. */
interface MemberData {
  readonly endpoint: Endpoint | null;
  readonly problem: string | null;
  readonly effect: MemberEffect;
}

/** Types as the schedulers' own reader has them (Gson into `ServiceInstance` of apache/aurora): what is not of its type is skipped. */
const shape = z.object({
  serviceEndpoint: z.object({ host: z.string().nullish(), port: z.int().default(0) }).nullish(),
  additionalEndpoints: z.record(z.string(), z.unknown()).nullish(),
  status: z.unknown(),
});

const portMax = 65_535;

/** Reads a member node (aurora.md 8.2) as a real 0.23 was seen to (aurora.md 16). */
export function parseMember(data: Buffer): MemberData {
  const text = data.toString('utf8').trim();
  // To Gson no data and `null` are both nothing, which its caller does not expect.
  if (text === '') return breaks('it has no data');
  const json = parseJson(text);
  if (json === undefined) return skipped('its data is not JSON');
  if (json === null) return breaks('its data is null');
  const parsed = shape.safeParse(json);
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join('.') ?? '';
    return skipped(`${where === '' ? 'the value' : where} is not as expected`);
  }
  const { serviceEndpoint, status } = parsed.data;
  if (serviceEndpoint == null) return breaks('serviceEndpoint is missing');
  const { host, port } = serviceEndpoint;
  if (host == null || host === '') return breaks('serviceEndpoint.host is missing');
  if (port < 0 || port > portMax) return breaks('serviceEndpoint.port is not a port');
  // Every release writes ALIVE; a reader of the legacy protocol takes nothing else, and 0.23 does not look.
  const problem = status === 'ALIVE' ? null : 'its status is not ALIVE';
  return { endpoint: { host, port }, problem, effect: 'counted' };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function skipped(problem: string): MemberData {
  return { endpoint: null, problem, effect: 'skipped' };
}

function breaks(problem: string): MemberData {
  return { endpoint: null, problem, effect: 'breaks' };
}
