import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createGrantSigner, generateGrantKeys } from '../../src/agent/grant-signer.ts';
import { type GrantCheck, hashParams, parsePublicKey, verifyGrant } from '../../src/agent/grants.ts';
import { AuroraError } from '../../src/aurora/errors.ts';
import { operationDefinitions, operationKinds } from '../../src/aurora/operations/all.ts';
import type { GrantPayload, OperationKind, OperationRequest } from '../../src/aurora/operations.ts';

const now = 1_800_000_000_000;
const digest = 'd1'.repeat(32);
const keys = generateGrantKeys();
const signer = createGrantSigner(keys.privateKeyPem);
const check: GrantCheck = {
  host: 'aurora-1',
  cluster: 'east',
  now,
  clockSkewMs: 30_000,
  highestFence: 7,
  publicKeys: [parsePublicKey(keys.publicKey)],
};
const two = [
  { person: 'T1:U1', gate: 'commit', at: now },
  { person: 'T1:U2', gate: 'commit', at: now },
];

function payload(overrides: Partial<GrantPayload> = {}): GrantPayload {
  return {
    operationId: 'R1.commit.1',
    kind: 'commit-recovery',
    paramsSha256: hashParams({}),
    restoreId: 'R1',
    cluster: 'east',
    step: 'commit',
    host: 'aurora-1',
    digest,
    fence: 7,
    issuedAt: now,
    expiresAt: now + 300_000,
    signers: two,
    ...overrides,
  };
}

function request(
  overrides: Partial<GrantPayload> = {},
  asked: Partial<{ operationId: string; kind: OperationKind; params: Record<string, never> }> = {},
): OperationRequest {
  return {
    operationId: 'R1.commit.1',
    kind: 'commit-recovery',
    params: {},
    grant: signer.sign(payload(overrides)),
    ...asked,
  };
}

function ruleOf(act: () => void): unknown {
  try {
    act();
    return 'granted';
  } catch (error) {
    return error instanceof AuroraError && error.code === 'grant-refused' ? error.details['rule'] : error;
  }
}

const at = (gate: string, ...people: readonly string[]) =>
  people.map((person) => ({ person: `T1:${person}`, gate, at: now }));

describe('who signed where', () => {
  const judge = (kind: OperationKind, signers: GrantPayload['signers']): unknown =>
    ruleOf(() => verifyGrant(request({ kind, signers }, { kind }), check));

  test.each<[OperationKind, GrantPayload['signers'], string]>([
    ['commit-recovery', at('commit', 'U1', 'U2'), 'granted'],
    ['commit-recovery', [...at('stop', 'U1'), ...at('commit', 'U2')], 'signers'],
    ['commit-recovery', at('stop', 'U1', 'U2'), 'signers'],
    ['commit-recovery', [...at('go-back', 'U1', 'U2'), ...at('commit', 'U1')], 'signers'],
    ['commit-recovery', at('elsewhere', 'U1', 'U2'), 'signers'],
    ['commit-recovery', [...at('stop', 'U3'), ...at('commit', 'U1', 'U2')], 'granted'],
    ['reconcile-implicit', at('stop', 'U1', 'U2'), 'signers'],
    ['reconcile-implicit', at('commit', 'U1'), 'signers'],
    ['reconcile-implicit', at('commit', 'U1', 'U2'), 'granted'],
    ['stop-scheduler', at('commit', 'U1', 'U2'), 'signers'],
    ['stop-scheduler', at('stop', 'U1'), 'granted'],
    ['hold-backup', [], 'granted'],
  ])('%s by %j: %s', (kind, signers, verdict) => {
    expect(judge(kind, signers)).toBe(verdict);
  });

  test.each(operationKinds.filter((kind) => operationDefinitions[kind].signed !== null))(
    '%s takes nobody who signed at another gate',
    (kind) => {
      const { signed } = operationDefinitions[kind];
      const others = ['stop', 'commit', 'go-back', ''].filter((gate) => gate !== signed?.gate);

      expect(
        judge(
          kind,
          others.flatMap((gate) => at(gate, 'U1', 'U2', 'U3')),
        ),
      ).toBe('signers');
      expect(judge(kind, at(signed?.gate ?? '', 'U1', 'U2'))).toBe('granted');
    },
  );
});

describe('who counts', () => {
  const dayMs = 86_400_000;
  const commits = (...signers: GrantPayload['signers']): unknown =>
    ruleOf(() => verifyGrant(request({ signers }), check));
  const one = { person: 'T1:U1', gate: 'commit', at: now };

  test.each<[string, Partial<GrantPayload['signers'][number]>, string]>([
    ['another person', { person: 'T1:U2' }, 'granted'],
    ['the same with a blank', { person: 'T1:U1 ' }, 'signers'],
    ['the same in small letters', { person: 't1:u1' }, 'signers'],
    ['the same in another workspace', { person: 'T2:U1' }, 'signers'],
    ['an invented name', { person: 'nobody' }, 'signers'],
    ['a blank', { person: ' ' }, 'signers'],
    ['a workspace without a user', { person: 'T1:' }, 'signers'],
    ['a user without a workspace', { person: 'U2' }, 'signers'],
    ['an invisible name', { person: 'T1:U\u3164' }, 'signers'],
    ['a bot', { person: 'T1:B2' }, 'signers'],
    ['no gate', { person: 'T1:U2', gate: '' }, 'signers'],
    ['a gate that is not quite one', { person: 'T1:U2', gate: 'commit ' }, 'signers'],
    ['at the beginning of time', { person: 'T1:U2', at: 0 }, 'signers'],
    ['more than a day ago', { person: 'T1:U2', at: now - dayMs - 1 }, 'signers'],
    ['a day ago', { person: 'T1:U2', at: now - dayMs }, 'granted'],
    ['in the future', { person: 'T1:U2', at: now + 30_001 }, 'signers'],
    ['of another digest', { person: 'T1:U2', digest: 'd2'.repeat(32) }, 'signers'],
    ['of this digest', { person: 'T1:U2', digest }, 'granted'],
  ])('as the second: %s', (_who, second, verdict) => {
    expect(commits(one, { ...one, ...second })).toBe(verdict);
  });

  test('nobody and nobody with a blank, of no gate, at 0, commit nothing', () => {
    expect(commits({ person: 'nobody', gate: '', at: 0 }, { person: 'nobody ', gate: '', at: 0 })).toBe(
      'signers',
    );
  });

  test.each(['', 'd1', 'any digest at all', 'D1'.repeat(32)])('nobody, where the digest is %j', (of) => {
    expect(ruleOf(() => verifyGrant(request({ digest: of }), check))).toBe('signers');
  });

  test('what was begun can be put back, and let go, days later', () => {
    const old = now - 29 * dayMs;
    const signers = [
      { person: 'T1:U3', gate: 'stop', at: old },
      { person: 'T1:U1', gate: 'commit', at: old },
      { person: 'T1:U2', gate: 'commit', at: old },
    ];
    for (const kind of ['put-back-log', 'reconcile-implicit'] as const)
      expect(ruleOf(() => verifyGrant(request({ kind, signers }, { kind }), check))).toBe('granted');
  });
});

describe('verifyGrant()', () => {
  test('grants what is signed for this host, operation and arguments', () => {
    expect(ruleOf(() => verifyGrant(request(), check))).toBe('granted');
  });

  test.each<[string, OperationRequest, Partial<GrantCheck>]>([
    ['operation', request({}, { operationId: 'R1.commit.2' }), {}],
    ['kind', request({ kind: 'stage-backup' }), {}],
    ['params', request({ paramsSha256: hashParams({ name: 'other' }) }), {}],
    ['host', request({ host: 'aurora-2' }), {}],
    ['cluster', request({ cluster: 'west' }), {}],
    ['lifetime', request({ expiresAt: now + 15 * 60_000 + 1 }), {}],
    ['lifetime', request({ expiresAt: now }), {}],
    ['not-yet-valid', request(), { now: now - 30_001 }],
    ['expired', request(), { now: now + 330_000 }],
    ['fence', request({ fence: 6 }), {}],
    ['signers', request({ signers: two.slice(0, 1) }), {}],
    ['signers', request({ signers: [...two.slice(0, 1), ...two.slice(0, 1)] }), {}],
    ['signers', request({ kind: 'start-scheduler', signers: [] }, { kind: 'start-scheduler' }), {}],
    ['signature', request(), { publicKeys: [parsePublicKey(generateGrantKeys().publicKey)] }],
    ['signature', request(), { publicKeys: [] }],
  ])('refuses by the rule %s', (rule, asked, differing) => {
    expect(ruleOf(() => verifyGrant(asked, { ...check, ...differing }))).toBe(rule);
  });

  test('refuses a payload that was changed after it was signed, in any field', () => {
    const { grant } = request({ signers: two.slice(0, 1) });
    const forged = { ...grant, payload: { ...grant.payload, signers: two } };

    expect(ruleOf(() => verifyGrant({ ...request(), grant: forged }, check))).toBe('signature');
  });

  test('allows for the skew of the clocks, and no more', () => {
    expect(ruleOf(() => verifyGrant(request(), { ...check, now: now - 30_000 }))).toBe('granted');
    expect(ruleOf(() => verifyGrant(request(), { ...check, now: now + 329_999 }))).toBe('granted');
  });

  test('takes either of two keys while they are exchanged', () => {
    const other = parsePublicKey(generateGrantKeys().publicKey);
    const publicKeys = [other, ...check.publicKeys];

    expect(ruleOf(() => verifyGrant(request(), { ...check, publicKeys }))).toBe('granted');
  });

  test('takes no signature that is not one', () => {
    for (const signature of ['', 'AAAA', 'not base64 at all', Buffer.alloc(64).toString('base64')]) {
      const asked = { ...request(), grant: { payload: payload(), signature } };
      expect(ruleOf(() => verifyGrant(asked, check))).toBe('signature');
    }
  });
});

test('createGrantSigner() names the public key that agents must know', () => {
  expect(signer.publicKey).toBe(keys.publicKey);
});

test.each([
  ['text', 'not a key'],
  [
    'an RSA key',
    generateKeyPairSync('rsa', { modulusLength: 1024 })
      .publicKey.export({ format: 'der', type: 'spki' })
      .toString('base64'),
  ],
])('parsePublicKey() refuses %s', (_what, text) => {
  expect(() => parsePublicKey(text)).toThrow(/not a base64 SPKI Ed25519 public key/);
});
