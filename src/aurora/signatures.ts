/** People's own signatures as the product asks about them; `src/signing` answers, by a roster of keys. */
import { z } from 'zod';
import { type Proof, proofSchema, type Statement } from './statement.ts';

const [passkeyProof, sshProof] = proofSchema.options;

/** A signature as it was handed in, before it is known whose key has made it. */
export const givenSignatureSchema = z.discriminatedUnion('format', [
  passkeyProof.omit({ person: true, key: true }).extend({
    /** Base64url, as the browser names the passkey. */
    credentialId: z
      .string()
      .max(1_400)
      .regex(/^[A-Za-z0-9_-]+$/, 'must be base64url'),
  }),
  sshProof.omit({ person: true, key: true }),
]);

export type GivenSignature = z.infer<typeof givenSignatureSchema>;

/** A key of a person that is good at the instant that was asked about. */
export type RosterKey =
  | { readonly type: 'passkey'; readonly name: string; readonly credentialId: string }
  | { readonly type: 'ssh'; readonly name: string };

/** The roster as it is at one instant. */
export interface RosterNow {
  /** Hex sha256 of what it says: hosts with the same roster have the same. */
  readonly hash: string;
  /** Where passkeys are used; `null` when everybody signs with ssh keys. */
  readonly relyingParty: { readonly id: string; readonly origins: readonly string[] } | null;
  /** Everybody who is in it, as `team:user`. */
  readonly people: readonly string[];
  /** Of a person (`team:user`), those that are good now; `null` for somebody who is not in the roster. */
  keysOf(person: string): readonly RosterKey[] | null;
  /** The proof that a signature of this person is, with the key that has made it; or a sentence that says why it counts nobody. */
  prove(
    statement: Statement,
    given: GivenSignature,
    person: string,
  ): { readonly proof: Proof } | { readonly fault: string };
  /** Whose ssh signature over a text of ours it is, with the name of the key, which is valid now; or a sentence that says why it is nobody's. */
  whoSigned(
    text: string,
    signature: string,
  ): { readonly person: string; readonly name: string; readonly key: string } | { readonly fault: string };
  /** Why a proof that counted earlier counts nobody now, as a sentence; `null` when it still does. */
  faultOf(statement: Statement, proof: Proof): string | null;
}

export interface Signatures {
  /** The roster as its file says now. AuroraError `roster-unreadable` or `roster-invalid`: then nobody's signature counts. */
  readRoster(now: number): Promise<RosterNow>;
}
