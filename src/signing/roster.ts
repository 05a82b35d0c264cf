/**
 * Whose keys count on a host: a file that is distributed as hosts are configured, and never by the bot. A person may have
 * several keys; persons count, not keys.
 */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { canonicalJson } from '../aurora/canonical-json.ts';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { parseSshPublicKey, type SshPublicKey } from './ssh-key.ts';

const personId = z
  .string()
  .regex(/^[A-Z0-9]{1,30}:[A-Z0-9]{1,30}$/, 'must be team:user, such as T0123:U0456');
const keyName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,99}$/, 'must be a short name');
const day = z.iso.datetime({ offset: true, error: 'must be an instant such as 2026-11-30T00:00:00Z' });

const keyFields = { name: keyName, notBefore: day.optional(), notAfter: day.optional() };

const keySchema = z.discriminatedUnion('type', [
  z.strictObject({
    ...keyFields,
    type: z.literal('passkey'),
    /** Base64url, as the browser names it. */
    credentialId: z.string().regex(/^[A-Za-z0-9_-]{1,1400}$/, 'must be base64url'),
    /** Base64 SPKI, as the browser hands it out: P-256, Ed25519, or RSA. */
    publicKey: z.string().max(2_000),
  }),
  z.strictObject({
    ...keyFields,
    type: z.literal('ssh'),
    /** The line of a `.pub` file. */
    publicKey: z.string().max(4_000),
  }),
]);

const rosterSchema = z.strictObject({
  /** Where passkeys are used; absent when everybody signs with ssh keys. */
  relyingParty: z
    .strictObject({
      id: z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, 'must be a host name in lower case'),
      origins: z
        .array(z.string().regex(/^https?:\/\/[^/\s]+$/, 'must be an origin such as https://aurora.example'))
        .min(1)
        .max(16),
    })
    .optional(),
  people: z
    .array(
      z.strictObject({
        id: personId,
        name: z.string().min(1).max(100),
        keys: z.array(keySchema).max(20),
      }),
    )
    .max(1_000),
});

type RosterFile = z.infer<typeof rosterSchema>;

interface KeyTime {
  readonly name: string;
  /** Milliseconds since the epoch; `-Infinity` and `Infinity` when nothing is said. */
  readonly from: number;
  readonly until: number;
}

export type PersonKey = KeyTime &
  (
    | { readonly type: 'passkey'; readonly credentialId: string; readonly publicKey: KeyObject }
    | { readonly type: 'ssh'; readonly publicKey: SshPublicKey }
  );

interface RosterPerson {
  /** `team:user`. */
  readonly id: string;
  readonly name: string;
  readonly keys: readonly PersonKey[];
}

export interface Roster {
  readonly relyingParty: { readonly id: string; readonly origins: readonly string[] } | null;
  readonly people: ReadonlyMap<string, RosterPerson>;
  /** Hex sha256 of what it says, whatever the order of its keys and its comments: hosts with the same roster have the same. */
  readonly hash: string;
}

/** Bytes of a roster's file; a thousand people with twenty keys each are far less. */
export const rosterBytesMax = 8 * 1024 * 1024;

/** `parseRoster` for a file that is read at every question: what has not changed is not parsed again. */
export function rosterReader(name: string): (yaml: string) => Roster {
  let known: { readonly yaml: string; readonly roster: Roster } | null = null;
  return (yaml) => {
    if (known?.yaml !== yaml) known = { yaml, roster: parseRoster(yaml, name) };
    return known.roster;
  };
}

/** Reads a roster from YAML; `name` is what messages call it. AuroraError `roster-invalid` names every fault at once. */
export function parseRoster(yaml: string, name: string): Roster {
  let value: unknown;
  try {
    value = parseYaml(yaml, { maxAliasCount: 0 });
  } catch (error) {
    throw invalid(name, [`it is not YAML: ${messageOf(error)}`]);
  }
  const parsed = rosterSchema.safeParse(value);
  if (!parsed.success) {
    throw invalid(
      name,
      parsed.error.issues.map(
        ({ path, message }) => `${path.map(String).join('.') || 'the top'}: ${message}`,
      ),
    );
  }
  const faults: string[] = [];
  const people = parsed.data.people.map((person) => ({
    id: person.id,
    name: person.name,
    keys: person.keys.flatMap((key) => {
      try {
        return [readKey(key)];
      } catch (error) {
        faults.push(`${person.name}'s key ${key.name}: ${messageOf(error)}`);
        return [];
      }
    }),
  }));
  faults.push(...crossCheck(people, parsed.data.relyingParty !== undefined));
  if (faults.length > 0) throw invalid(name, faults);
  return {
    relyingParty: parsed.data.relyingParty ?? null,
    people: new Map(people.map((person) => [person.id, person])),
    hash: createHash('sha256').update(canonicalJson(parsed.data)).digest('hex'),
  };
}

function readKey(key: RosterFile['people'][number]['keys'][number]): PersonKey {
  const time = {
    name: key.name,
    from: key.notBefore === undefined ? Number.NEGATIVE_INFINITY : Date.parse(key.notBefore),
    until: key.notAfter === undefined ? Number.POSITIVE_INFINITY : Date.parse(key.notAfter),
  };
  return key.type === 'ssh'
    ? { ...time, type: 'ssh', publicKey: parseSshPublicKey(key.publicKey) }
    : {
        ...time,
        type: 'passkey',
        credentialId: key.credentialId,
        publicKey: parsePasskeyPublicKey(key.publicKey),
      };
}

/** From base64 SPKI; throws an Error with a clause for any key that passkeys are not verified with here. */
function parsePasskeyPublicKey(base64: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' });
  } catch {
    throw new Error('it is not a base64 SPKI public key');
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'ed25519') return key;
  if (type === 'ec' && details?.namedCurve === 'prime256v1') return key;
  if (type === 'rsa' && (details?.modulusLength ?? 0) >= 2048) return key;
  throw new Error('only P-256, Ed25519 and RSA keys of at least 2048 bits are verified');
}

/** What no single entry can tell: a key that two people share would let one of them be counted twice. */
function crossCheck(people: readonly RosterPerson[], hasRelyingParty: boolean): string[] {
  const faults: string[] = [];
  const owners = new Map<string, string>();
  const ids = new Set<string>();
  for (const { id, name, keys } of people) {
    if (ids.has(id)) faults.push(`${id} is in it twice`);
    ids.add(id);
    const names = new Set<string>();
    for (const key of keys) {
      if (names.has(key.name)) faults.push(`${name} has two keys named ${key.name}`);
      names.add(key.name);
      if (key.type === 'passkey' && !hasRelyingParty)
        faults.push(`${name}'s key ${key.name} is a passkey, and relyingParty is missing`);
      if (key.until <= key.from) faults.push(`${name}'s key ${key.name} ends before it begins`);
      const material = materialOf(key);
      const owner = owners.get(material);
      if (owner !== undefined) faults.push(`${owner} and ${name} have the same key (${key.name})`);
      owners.set(material, name);
    }
  }
  return faults;
}

/** The key itself, however it is written. */
function materialOf(key: PersonKey): string {
  const publicKey = key.type === 'ssh' ? key.publicKey.key : key.publicKey;
  return publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
}

function invalid(name: string, faults: readonly string[]): AuroraError {
  return new AuroraError({
    code: 'roster-invalid',
    message: `The roster ${name} is wrong: ${faults.join('; ')}.`,
    hint: 'docs/signing.md describes every key of it.',
  });
}
