/** Requests for operations: with a grant as the bot gives it, and with every way in which a grant is none. */
import { createGrantSigner, generateGrantKeys } from '../../src/agent/grant-signer.ts';
import { hashParams } from '../../src/agent/grants.ts';
import type { GrantPayload, OperationKind } from '../../src/aurora/operations.ts';
import { recoveryFlags } from '../../src/aurora/restore-flags.ts';
import { allowedKinds, backupName, type FuzzedHost, forbiddenKind } from './fuzzed-host.ts';
import { hostileStrings } from './hostile-strings.ts';
import type { Random } from './random.ts';
import type { FuzzRequest } from './send.ts';

/** A request of any shape: what is wrong with it is for the agent to find. */
interface Asked {
  operationId: string;
  kind: string;
  params: unknown;
  grant: { payload: Record<string, unknown>; signature: string };
}

interface GrantedRequests {
  /** The agent should do what it says. */
  makeValid(): ValidRequest;
  /** The agent has taken it: its id and its token are known there from now on. */
  accept(request: ValidRequest): void;
  /** The agent must refuse. */
  makeForged(): FuzzRequest;
  /** Of requests that were valid, in the order they were made. */
  readonly grantedIds: readonly string[];
}

interface ValidRequest {
  readonly operationId: string;
  readonly kind: OperationKind;
  readonly fence: number;
  readonly request: FuzzRequest;
}

const foreign = createGrantSigner(generateGrantKeys().privateKeyPem);

/** Tokens only rise, so that forged ones can be lower. */
export function createGrantedRequests(
  host: Pick<FuzzedHost, 'sign' | 'backupSha256'>,
  random: Random,
): GrantedRequests {
  const grantedIds: string[] = [];
  const valid: Asked[] = [];
  const accepted: Pick<ValidRequest, 'operationId' | 'kind'>[] = [];
  let acceptedFence = 0;
  let made = 0;
  let fence = 10;

  const params = (kind: string): Record<string, unknown> => {
    switch (kind) {
      case 'hold-backup':
      case 'receive-backup':
      case 'place-backup':
      case 'take-out-backup':
        return { name: backupName, sha256: host.backupSha256 };
      case 'stop-scheduler':
        return { graceMs: random.int(5) };
      case 'set-flags':
        return { flags: recoveryFlags('0.22.0') };
      case 'stage-backup':
        return { name: backupName };
      case 'bring-back-log':
        return { of: 'R0' };
      case 'delete-staged-tasks':
        return { taskIds: ['t-1'] };
      default:
        return {};
    }
  };
  const payloadFor = (kind: string, operationId: string, asked: unknown): Record<string, unknown> => {
    const now = Date.now();
    return {
      operationId,
      kind,
      paramsSha256: hashParams(asked),
      restoreId: 'R1',
      cluster: 'east',
      step: kind,
      host: 'aurora-1',
      digest: 'd1'.repeat(32),
      fence,
      issuedAt: now,
      expiresAt: now + 60_000,
      signers: [
        { person: 'T1:U3', gate: 'stop', at: now },
        { person: 'T1:U1', gate: 'commit', at: now },
        { person: 'T1:U2', gate: 'commit', at: now },
      ],
    };
  };
  const signed = (payload: Record<string, unknown>, signer = host.sign): Asked['grant'] => ({
    payload,
    // Forged payloads are of any shape; what is signed is their canonical JSON in any case.
    signature: signer(payload as Record<string, never> & GrantPayload).signature,
  });
  const make = (kind: string, change: Partial<GrantPayload> = {}, signer = host.sign): Asked => {
    made += 1;
    const operationId = `F.${made}`;
    const asked = params(kind);
    return {
      operationId,
      kind,
      params: asked,
      grant: signed({ ...payloadFor(kind, operationId, asked), ...change }, signer),
    };
  };
  const anyKind = (): OperationKind => random.pick(allowedKinds);

  const forgeries: readonly (() => Asked)[] = [
    () => make(anyKind(), {}, foreign.sign),
    () => make(anyKind(), { host: 'aurora-2' }),
    () => make(anyKind(), { cluster: 'west' }),
    () => make(anyKind(), { issuedAt: Date.now() - 200_000, expiresAt: Date.now() - 100_000 }),
    () => make(anyKind(), { issuedAt: Date.now() + 100_000, expiresAt: Date.now() + 200_000 }),
    () => make(anyKind(), { expiresAt: Date.now() + 86_400_000 }),
    () =>
      make(
        anyKind(),
        { fence: random.int(Math.max(1, acceptedFence)) },
        acceptedFence === 0 ? foreign.sign : host.sign,
      ),
    () => make(anyKind(), { fence: Number.MAX_SAFE_INTEGER }),
    () => make(anyKind(), { epoch: 'f0'.repeat(16) }),
    () => make('stop-scheduler', { signers: [] }),
    () => make('commit-recovery', { signers: [{ person: 'T1:U1', gate: 'commit', at: 1 }] }),
    () =>
      make('commit-recovery', {
        signers: Array.from({ length: 9 }, () => ({ person: 'T1:U1', gate: 'commit', at: 1 })),
      }),
    () => make(anyKind(), { paramsSha256: '0'.repeat(64) }),
    () => {
      const kind = anyKind();
      return make(kind, { kind: kind === 'hold-backup' ? 'set-flags' : 'hold-backup' });
    },
    // Two people, who have signed something else.
    () =>
      make('commit-recovery', {
        signers: ['T1:U1', 'T1:U2'].map((person) => ({ person, gate: 'stop', at: 1 })),
      }),
    () => make(forbiddenKind),
    // The grant of another operation, of other arguments, of another kind.
    () => ({ ...make(anyKind()), grant: make(anyKind()).grant }),
    () => ({ ...make('stop-scheduler'), params: { graceMs: 7 } }),
    () => ({ ...make('set-aside-log'), kind: 'put-back-log' }),
    // Changed after it was signed.
    () => {
      const asked = make(anyKind());
      const field = random.pick(['fence', 'expiresAt', 'issuedAt']);
      asked.grant.payload[field] = anotherNumber(random, asked.grant.payload[field]);
      return asked;
    },
    () => {
      const asked = make(anyKind(), { signers: [] });
      asked.grant.payload['signers'] = payloadFor('x', 'y', {})['signers'];
      return asked;
    },
    () => ({
      ...make(anyKind()),
      grant: { ...make(anyKind()).grant, signature: random.pick(hostileStrings) },
    }),
    () => {
      const asked = make(anyKind());
      const bytes = Buffer.from(asked.grant.signature, 'base64');
      const at = random.int(bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.int(8));
      return { ...asked, grant: { ...asked.grant, signature: bytes.toString('base64') } };
    },
    // A known id for something else.
    () => {
      const earlier = accepted.length === 0 ? make('unblock-traffic') : random.pick(accepted);
      const kind = earlier.kind === 'set-aside-log' ? 'put-back-log' : 'set-aside-log';
      const asked = params(kind);
      return {
        operationId: earlier.operationId,
        kind,
        params: asked,
        grant: signed(
          payloadFor(kind, earlier.operationId, asked),
          accepted.length === 0 ? foreign.sign : host.sign,
        ),
      };
    },
    // Arguments that no grant can make good.
    () => {
      const asked = make(anyKind());
      const wrong = random.pick<unknown>([
        { name: '../../passwd', sha256: host.backupSha256 },
        { name: random.pick(hostileStrings), sha256: 'x' },
        { graceMs: -1 },
        { graceMs: '1' },
        { flags: { 'a=1\n-b': '2' } },
        { flags: JSON.parse('{"__proto__":"x"}') },
        { taskIds: [] },
        { taskIds: [''] },
        { path: '/etc' },
        null,
        [],
      ]);
      return { ...asked, params: wrong, grant: signed(payloadFor(asked.kind, asked.operationId, wrong)) };
    },
  ];

  return {
    grantedIds,
    makeValid: () => {
      // Now and then another worker takes over; and it asks for what was asked before.
      if (random.chance(0.05)) fence += 1;
      const asked = make(anyKind());
      const again = random.chance(0.15)
        ? valid.findLast((one) => one.grant.payload['fence'] === fence)
        : undefined;
      const chosen = again ?? asked;
      valid.push(chosen);
      if (valid.length > 200) valid.shift();
      if (again === undefined) grantedIds.push(chosen.operationId);
      return {
        operationId: chosen.operationId,
        kind: chosen.kind as OperationKind,
        fence: Number(chosen.grant.payload['fence']),
        request: post(chosen),
      };
    },
    accept: (request) => {
      acceptedFence = Math.max(acceptedFence, request.fence);
      accepted.push(request);
      if (accepted.length > 200) accepted.shift();
    },
    makeForged: () => post(random.pick(forgeries)()),
  };
}

/** A forgery that says what was signed forges nothing. */
function anotherNumber(random: Random, value: unknown): number {
  return Number(value) + random.pick([-1, 1]) * (1 + random.int(1_000));
}

function post(asked: Asked): FuzzRequest {
  return {
    method: 'POST',
    path: '/v1/operations',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(asked)),
    how: 'plain',
  };
}
