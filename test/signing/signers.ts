/** People of a roster with passkeys of their own, made for one run. */
import type { Proof, SignedStatement, Statement } from '../../src/aurora/statement.ts';
import { createSoftwarePasskey, type SoftwarePasskey } from '../../src/drill/software-passkey.ts';

const relyingParty = 'aurora.example';
const origin = 'https://aurora.example';

type Signer = 'ana' | 'bo' | 'cy' | 'eve';

/** `team:user` of each. */
export const idOf = { ana: 'T1:UANA', bo: 'T1:UBO', cy: 'T1:UCY', eve: 'T1:UEVE' } as const;

interface Signers {
  /** Everybody but Eve, who has keys and is nobody; each with a laptop and a phone. */
  readonly rosterYaml: string;
  rosterWithout(signer: Signer): string;
  proof(statement: Statement, signer: Signer, key?: 'laptop' | 'phone'): Proof;
  signed(statement: Statement, ...signers: readonly Signer[]): SignedStatement;
}

export function createSigners(): Signers {
  const keys = Object.fromEntries(
    Object.keys(idOf).map((name) => [
      name,
      { laptop: createSoftwarePasskey(), phone: createSoftwarePasskey() },
    ]),
  ) as Record<Signer, Record<'laptop' | 'phone', SoftwarePasskey>>;
  const rosterOf = (names: readonly Signer[]): string =>
    [
      `relyingParty: { id: ${relyingParty}, origins: ["${origin}"] }`,
      'people:',
      ...names.flatMap((name) => [
        `- id: ${idOf[name]}`,
        `  name: ${name}`,
        '  keys:',
        ...(['laptop', 'phone'] as const).map((key) => {
          const { credentialId, publicKey } = keys[name][key];
          return `  - { name: ${key}, type: passkey, credentialId: ${credentialId}, publicKey: "${publicKey}" }`;
        }),
      ]),
      '',
    ].join('\n');
  const proof: Signers['proof'] = (statement, signer, key = 'laptop') =>
    keys[signer][key].sign(statement, { person: idOf[signer], key, relyingParty, origin });
  const members: readonly Signer[] = ['ana', 'bo', 'cy'];
  return {
    rosterYaml: rosterOf(members),
    rosterWithout: (signer) => rosterOf(members.filter((name) => name !== signer)),
    proof,
    signed: (statement, ...signers) => ({
      statement,
      proofs: signers.map((signer) => proof(statement, signer)),
    }),
  };
}
