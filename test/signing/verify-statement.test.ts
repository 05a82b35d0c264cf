import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Proof, sshNamespace, statementText } from '../../src/aurora/statement.ts';
import { createSoftwarePasskey } from '../../src/drill/software-passkey.ts';
import { parseRoster } from '../../src/signing/roster.ts';
import { countSigners, faultOfTime, statementLifeMsMax } from '../../src/signing/verify-statement.ts';
import { securityKey } from './security-key.ts';
import { now, statementWith } from './statements.ts';

const relyingParty = 'aurora.example';
const origin = 'https://aurora.example';
const keys = {
  ana: createSoftwarePasskey('ES256'),
  anaSecond: createSoftwarePasskey('EdDSA'),
  bo: createSoftwarePasskey('RS256'),
  cy: createSoftwarePasskey(),
};
const touch = securityKey('ssh:');

const roster = parseRoster(
  `
relyingParty: { id: ${relyingParty}, origins: ["${origin}"] }
people:
  - id: T1:UANA
    name: Ana
    keys:
      - { name: laptop, type: passkey, credentialId: ${keys.ana.credentialId}, publicKey: "${keys.ana.publicKey}" }
      - { name: phone, type: passkey, credentialId: ${keys.anaSecond.credentialId}, publicKey: "${keys.anaSecond.publicKey}" }
      - { name: yubikey, type: ssh, publicKey: "${touch.publicKey}" }
  - id: T1:UBO
    name: Bo
    keys:
      - { name: laptop, type: passkey, credentialId: ${keys.bo.credentialId}, publicKey: "${keys.bo.publicKey}" }
  - id: T1:UCY
    name: Cy
    keys:
      - name: laptop
        type: passkey
        credentialId: ${keys.cy.credentialId}
        publicKey: "${keys.cy.publicKey}"
        notBefore: 2026-01-01T00:00:00Z
        notAfter: 2026-11-30T03:00:00Z
`,
  'people.yaml',
);

const statement = statementWith();
const at = { relyingParty, origin };
const ana = () => keys.ana.sign(statement, { ...at, person: 'T1:UANA', key: 'laptop' });
const bo = () => keys.bo.sign(statement, { ...at, person: 'T1:UBO', key: 'laptop' });
const count = (proofs: readonly Proof[], changes: { now?: number } = {}) =>
  countSigners({ statement, proofs }, { roster, now, ...changes });

describe('who signed a statement', () => {
  it('people with passkeys of each algorithm, and a security key over ssh', () => {
    const phone = keys.anaSecond.sign(statement, { ...at, person: 'T1:UANA', key: 'phone' });
    expect(count([ana(), bo()])).toEqual({ people: ['T1:UANA', 'T1:UBO'], places: 2, refused: [] });
    expect(count([phone]).people).toEqual(['T1:UANA']);
    const yubikey = touch.sign(statementText(statement), sshNamespace);
    expect(count([{ format: 'ssh', person: 'T1:UANA', key: 'yubikey', signature: yubikey }]).people).toEqual([
      'T1:UANA',
    ]);
  });

  it('a person with two keys is one', () => {
    const phone = keys.anaSecond.sign(statement, { ...at, person: 'T1:UANA', key: 'phone' });
    expect(count([ana(), phone])).toEqual({ people: ['T1:UANA'], places: 1, refused: [] });
  });

  it('all authors together fill one place', () => {
    const edited = statementWith({ authors: ['T1:UANA', 'T1:UBO'] });
    const proofs = [
      keys.ana.sign(edited, { ...at, person: 'T1:UANA', key: 'laptop' }),
      keys.bo.sign(edited, { ...at, person: 'T1:UBO', key: 'laptop' }),
    ];
    expect(countSigners({ statement: edited, proofs }, { roster, now }).places).toBe(1);
  });

  it.each<[string, () => Proof, string]>([
    [
      'somebody else’s name on it',
      () => ({ ...ana(), person: 'T1:UBO' }),
      "Bo's signature with laptop does not count: its signature is wrong.",
    ],
    ['nobody of the roster', () => ({ ...ana(), person: 'T1:UX' }), 'T1:UX is not in the roster.'],
    [
      'a key that is not in it',
      () => ({ ...ana(), key: 'old' }),
      'Ana has no passkey key named "old" in the roster.',
    ],
    [
      'a signature of another statement',
      () => keys.ana.sign(statementWith({ restore: 'R2' }), { ...at, person: 'T1:UANA', key: 'laptop' }),
      "Ana's signature with laptop does not count: it signs another statement.",
    ],
    [
      'the same numbers under another intent',
      () => keys.ana.sign(statementWith({ intent: 'stop' }), { ...at, person: 'T1:UANA', key: 'laptop' }),
      "Ana's signature with laptop does not count: it signs another statement.",
    ],
    [
      'a page of somebody else',
      () =>
        keys.ana.sign(statement, { ...at, origin: 'https://evil.example', person: 'T1:UANA', key: 'laptop' }),
      'Ana\'s signature with laptop does not count: it was made on "https://evil.example", which the roster does not name.',
    ],
    [
      'another relying party',
      () =>
        keys.ana.sign(statement, { ...at, relyingParty: 'evil.example', person: 'T1:UANA', key: 'laptop' }),
      "Ana's signature with laptop does not count: it is for another relying party than aurora.example.",
    ],
    [
      'an authenticator that nobody touched',
      () => keys.ana.sign(statement, { ...at, flags: 0x04, person: 'T1:UANA', key: 'laptop' }),
      "Ana's signature with laptop does not count: nobody touched the authenticator.",
    ],
    [
      'a touch by whoever was near',
      () => keys.ana.sign(statement, { ...at, flags: 0x01, person: 'T1:UANA', key: 'laptop' }),
      "Ana's signature with laptop does not count: the authenticator did not verify who touched it.",
    ],
    [
      'a security key that nobody touched',
      () => ({
        format: 'ssh',
        person: 'T1:UANA',
        key: 'yubikey',
        signature: touch.sign(statementText(statement), sshNamespace, 0x00),
      }),
      "Ana's signature with yubikey does not count: it does not sign this statement.",
    ],
    [
      'a key past its time',
      () => keys.cy.sign(statement, { ...at, person: 'T1:UCY', key: 'laptop' }),
      "Cy's key laptop is no longer valid.",
    ],
  ])('nobody by %s', (_, proof, sentence) => {
    expect(count([proof()])).toEqual({ people: [], places: 0, refused: [sentence] });
  });

  it('nobody by a registration, whose challenge is signed as well', () => {
    const proof = ana();
    const data = JSON.parse(Buffer.from(proof.clientDataJson, 'base64').toString()) as object;
    const clientDataJson = Buffer.from(JSON.stringify({ ...data, type: 'webauthn.create' })).toString(
      'base64url',
    );
    expect(count([{ ...proof, clientDataJson }]).refused[0]).toContain('it was made to register a key');
  });

  it('a key counts until the instant it ends, and from the instant it begins', () => {
    const proof = keys.cy.sign(statement, { ...at, person: 'T1:UCY', key: 'laptop' });
    expect(count([proof], { now: now - 1 }).people).toEqual(['T1:UCY']);
    expect(count([proof], { now: Date.parse('2025-12-31T23:59:59Z') }).refused).toEqual([
      "Cy's key laptop is not valid yet.",
    ]);
  });
});

describe('the time of a statement', () => {
  const skewMs = 1_000;
  it.each([
    ['good', {}, null],
    ['expired', { expiresAt: now - skewMs }, 'The signed statement has expired.'],
    [
      'of the future',
      { issuedAt: now + skewMs + 1 },
      'The signed statement was issued in the future, by the clock of this host.',
    ],
    [
      'too long',
      { expiresAt: now - 60_000 + statementLifeMsMax + 1 },
      'A signed statement is good for at most 24 hours.',
    ],
    ['backwards', { issuedAt: now, expiresAt: now }, 'A signed statement is good for at most 24 hours.'],
  ])('%s', (_, changes, sentence) => {
    expect(faultOfTime(statementWith(changes), { now, skewMs })).toBe(sentence);
  });
});

describe('a roster', () => {
  const one = createSoftwarePasskey();
  const key = `{ name: k, type: passkey, credentialId: ${one.credentialId}, publicKey: "${one.publicKey}" }`;
  const party = `relyingParty: { id: ${relyingParty}, origins: ["${origin}"] }`;
  it.each([
    [
      'two people with one key',
      `${party}\npeople:\n- { id: T1:U1, name: A, keys: [${key}] }\n- { id: T1:U2, name: B, keys: [${key}] }`,
      'A and B have the same key',
    ],
    [
      'a person twice',
      `people:\n- { id: T1:U1, name: A, keys: [] }\n- { id: T1:U1, name: B, keys: [] }`,
      'T1:U1 is in it twice',
    ],
    [
      'two keys of one name',
      `${party}\npeople:\n- { id: T1:U1, name: A, keys: [${key}, ${key}] }`,
      'A has two keys named k',
    ],
    [
      'a passkey without a relying party',
      `people:\n- { id: T1:U1, name: A, keys: [${key}] }`,
      'relyingParty is missing',
    ],
    [
      'a key that is none',
      `people:\n- { id: T1:U1, name: A, keys: [{ name: k, type: ssh, publicKey: hello }] }`,
      "A's key k: it is not the line of a .pub file",
    ],
    ['an unknown word', `people: []\nadmins: []`, 'admins'],
    ['no YAML', `people: [`, 'it is not YAML'],
    ['an alias, which could be a bomb', `people: &p []\nmore: *p`, 'it is not YAML'],
  ])('with %s is refused', (_, yaml, sentence) => {
    expect(() => parseRoster(yaml, 'people.yaml')).toThrow(sentence);
  });

  it('has the same hash however it is written, and another one with another key', () => {
    const hashOf = (yaml: string) => parseRoster(yaml, 'people.yaml').hash;
    const plain = `people:\n- { id: T1:U1, name: A, keys: [] }`;
    expect(hashOf(`# ours\npeople:\n  - name: A\n    keys: []\n    id: "T1:U1"\n`)).toBe(hashOf(plain));
    expect(hashOf(`${party}\npeople:\n- { id: T1:U1, name: A, keys: [${key}] }`)).not.toBe(hashOf(plain));
  });
});

it('a key of a weak kind is not taken', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  expect(sign('sha256', Buffer.from('x'), privateKey).length).toBe(128);
  const spki = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  expect(() =>
    parseRoster(
      `relyingParty: { id: a, origins: ["https://a"] }\npeople:\n- { id: T1:U1, name: A, keys: [{ name: k, type: passkey, credentialId: x, publicKey: "${spki}" }] }`,
      'people.yaml',
    ),
  ).toThrow('only P-256, Ed25519 and RSA keys of at least 2048 bits');
});
