import { expect, test } from 'vitest';
import { createSoftwarePasskey } from '../../src/drill/software-passkey.ts';
import { aboutRoster } from '../../src/signing/about-roster.ts';
import { parseRoster } from '../../src/signing/roster.ts';
import { createSigners } from './signers.ts';
import { now } from './statements.ts';

const key = (name: string, more = ''): string => {
  const { credentialId, publicKey } = createSoftwarePasskey();
  return `{ name: ${name}, type: passkey, credentialId: ${credentialId}, publicKey: "${publicKey}"${more} }`;
};
const rosterOf = (...people: readonly string[]) =>
  parseRoster(
    `relyingParty: { id: a.example, origins: ["https://a.example"] }\npeople:\n${people.join('\n')}\n`,
    'people.yaml',
  );

test('nothing is said of a roster in which everybody has two keys that last', () => {
  expect(aboutRoster(parseRoster(createSigners().rosterYaml, 'people.yaml'), now)).toEqual([]);
});

test('who has one key, whose key ends soon, and that too few can sign', () => {
  const roster = rosterOf(
    `- { id: T1:UANA, name: Ana, keys: [${key('laptop')}, ${key('phone', ', notAfter: 2026-12-10T00:00:00Z')}] }`,
    `- { id: T1:UBO, name: Bo, keys: [${key('laptop', ', notBefore: 2026-12-05T00:00:00Z')}] }`,
    `- { id: T1:UCY, name: Cy, keys: [${key('laptop', ', notAfter: 2026-01-01T00:00:00Z')}] }`,
  );

  expect(aboutRoster(roster, now)).toEqual([
    '1 of the roster can sign now, and a commit takes two.',
    "Ana's key phone ends in 9 days.",
    'Bo has one key: if it is lost, they can no longer sign.',
  ]);
});
