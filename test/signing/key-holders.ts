/** Ana, Bo and Cy with a passkey each, and a roster that a test may take somebody out of. */
import { AuroraError } from '../../src/aurora/errors.ts';
import type { GivenSignature, Signatures } from '../../src/aurora/signatures.ts';
import type { Statement } from '../../src/aurora/statement.ts';
import { createSoftwarePasskey } from '../../src/drill/software-passkey.ts';
import { parseRoster } from '../../src/signing/roster.ts';
import { rosterAt } from '../../src/signing/roster-file.ts';

const relyingParty = 'aurora.example';
const origin = 'https://aurora.example';

const passkeys = {
  UANA: createSoftwarePasskey(),
  UBO: createSoftwarePasskey('EdDSA'),
  UCY: createSoftwarePasskey('RS256'),
};
export type KeyHolder = keyof typeof passkeys;
export const keyHolders = Object.keys(passkeys) as readonly KeyHolder[];

/** The file, with these people in it. */
export function rosterYaml(people: readonly KeyHolder[] = keyHolders): string {
  const entries = people.map((userId) => {
    const { credentialId, publicKey } = passkeys[userId];
    return `  - { id: "T1:${userId}", name: ${userId}, keys: [{ name: laptop, type: passkey, credentialId: ${credentialId}, publicKey: "${publicKey}" }] }`;
  });
  return `relyingParty: { id: ${relyingParty}, origins: ["${origin}"] }\npeople:\n${entries.join('\n')}\n`;
}

/** What the page hands in when this person touches their passkey. */
export function signatureOf(userId: KeyHolder, statement: Statement): GivenSignature {
  const { credentialId, sign } = passkeys[userId];
  const proof = sign(statement, { person: `T1:${userId}`, key: 'laptop', relyingParty, origin });
  const { format, authenticatorData, clientDataJson, signature } = proof;
  return { format, credentialId, authenticatorData, clientDataJson, signature };
}

/** A roster without a file; `people` is changed by tests, `null`: it cannot be read. */
export function openRoster(): Signatures & { people: readonly KeyHolder[] | null } {
  const opened: ReturnType<typeof openRoster> = {
    people: keyHolders,
    readRoster: async (now) => {
      if (opened.people !== null)
        return await Promise.resolve(rosterAt(parseRoster(rosterYaml(opened.people), 'people.yaml'), now));
      throw new AuroraError({
        code: 'roster-unreadable',
        message: 'The roster people.yaml cannot be read: it is gone.',
        hint: 'Put it there.',
      });
    },
  };
  return opened;
}
