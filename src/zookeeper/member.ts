import { z } from 'zod';
import type { Endpoint } from '../aurora/leader.ts';

const memberSchema = z.object({
  serviceEndpoint: z.object({ host: z.string().min(1), port: z.int().min(1).max(65_535) }),
  // Every release writes ALIVE; a reader of the legacy protocol takes nothing else.
  status: z.literal('ALIVE'),
});

/** The endpoint a member node advertises (aurora.md 8.2), or what is wrong with its data, for a person. */
export function parseMember(data: Buffer): { endpoint: Endpoint } | { problem: string } {
  if (data.length === 0) return { problem: 'it has no data' };
  let json: unknown;
  try {
    json = JSON.parse(data.toString('utf8'));
  } catch {
    return { problem: 'its data is not JSON' };
  }
  const parsed = memberSchema.safeParse(json);
  if (parsed.success) return { endpoint: parsed.data.serviceEndpoint };
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? 'the value' : issue.path.join('.');
  return { problem: `${where} is missing or not as expected` };
}
