import { createPublicKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { createGrantSigner, generateGrantKeys } from '../../src/agent/grant-signer.ts';
import { verifyGrant } from '../../src/agent/grants.ts';
import { operationRequestSchema } from '../../src/agent/operation-protocol.ts';
import { AuroraError } from '../../src/aurora/errors.ts';
import { allowedKinds } from './fuzzed-host.ts';
import { createGrantedRequests } from './granted-requests.ts';
import { createRandom, type Random } from './random.ts';

const keys = generateGrantKeys();
const publicKeys = [
  createPublicKey({ key: Buffer.from(keys.publicKey, 'base64'), format: 'der', type: 'spki' }),
];

/** Half of its choices among many are the first or the last: what a fair one meets once in a thousand. */
const createEdgy = (seed: number): Random => {
  const fair = createRandom(seed);
  const int = (n: number): number => (n >= 1_000 && fair.chance(0.5) ? fair.pick([0, n - 1]) : fair.int(n));
  return { ...fair, int };
};

/** Why an agent would refuse it, `null` when it would not. */
const refusalOf = (body: Buffer, highestFence: number): string | null => {
  const request = operationRequestSchema.safeParse(JSON.parse(body.toString()));
  if (!request.success) return 'bad-request';
  try {
    verifyGrant(request.data, {
      host: 'aurora-1',
      cluster: 'east',
      now: Date.now(),
      clockSkewMs: 30_000,
      highestFence,
      publicKeys,
      operations: allowedKinds,
      epoch: { own: 'ab'.repeat(16), required: false },
    });
    return null;
  } catch (error) {
    return error instanceof AuroraError ? String(error.details['rule']) : String(error);
  }
};

test('every forgery differs from a grant', () => {
  const { sign } = createGrantSigner(keys.privateKeyPem);
  const requests = createGrantedRequests({ sign, backupSha256: 'ab'.repeat(32) }, createEdgy(7));
  const valid = requests.makeValid();
  requests.accept(valid);
  const seen = new Set<string | null>();

  for (let made = 0; made < 10_000; made += 1) {
    const { body = Buffer.alloc(0) } = requests.makeForged();
    // What was accepted already is not to be had for something else: the journal refuses that, and not the grant.
    if (body.includes(`{"operationId":"${valid.operationId}"`)) continue;
    const refusal = refusalOf(body, valid.fence);
    if (refusal === null) expect.fail(`an agent would do this: ${body.toString()}`);
    seen.add(refusal);
  }

  expect(refusalOf(valid.request.body ?? Buffer.alloc(0), valid.fence)).toBeNull();
  expect(seen.size).toBeGreaterThan(8);
});
