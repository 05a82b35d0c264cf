/** Who may do what with a node, as `PrepRequestProcessor` and the digest provider of ZooKeeper 3.8 decide it. */
import { createHash } from 'node:crypto';
import { errors, Refusal } from './codes.ts';
import type { JuteReader, JuteWriter } from './jute.ts';

/** Who somebody is: `world:anyone`, `ip:127.0.0.1`, or `digest:user:<base64 of SHA-1 of user:password>`. */
export interface Identity {
  readonly scheme: string;
  readonly id: string;
}

export interface AclEntry extends Identity {
  readonly permissions: number;
}

export const permissions = { read: 1, write: 2, create: 4, delete: 8, admin: 16 } as const;

export const openToTheWorld: readonly AclEntry[] = [{ permissions: 31, scheme: 'world', id: 'anyone' }];

/** What `addauth` makes of a client; `null` for what it cannot prove itself with. */
export function identify(scheme: string, credentials: Buffer): Identity | null {
  const text = credentials.toString('utf8');
  const colon = text.indexOf(':');
  if (scheme !== 'digest' || colon < 0) return null;
  const digest = createHash('sha1').update(text).digest('base64');
  return { scheme, id: `${text.slice(0, colon)}:${digest}` };
}

/** Throws `Refusal` unless one of the entries gives one of the permissions to somebody the client is. */
export function requirePermission(
  acl: readonly AclEntry[],
  wanted: { permission: number; identities: readonly Identity[]; path: string },
): void {
  if (!gives(acl, wanted)) throw new Refusal(errors.noAuth, wanted.path);
}

/** What a client asked for as it is kept: `auth` is everybody whom it has proven to be. Throws `Refusal`. */
export function settleAcl(
  asked: readonly AclEntry[],
  { identities, path }: { identities: readonly Identity[]; path: string },
): readonly AclEntry[] {
  const settled = asked.flatMap((entry): readonly AclEntry[] => {
    const { scheme, id } = entry;
    if (scheme === 'auth') {
      const proven = identities.filter((one) => one.scheme === 'digest');
      return proven.map((one) => ({ ...one, permissions: entry.permissions }));
    }
    const isValid =
      (scheme === 'world' && id === 'anyone') ||
      (scheme === 'digest' && /^[^:]+:[^:]+$/.test(id)) ||
      (scheme === 'ip' && /^[\d.]+(\/\d+)?$/.test(id));
    if (!isValid) throw new Refusal(errors.invalidAcl, path);
    return [entry];
  });
  if (settled.length === 0) throw new Refusal(errors.invalidAcl, path);
  return settled;
}

export function readAcl(reader: JuteReader): readonly AclEntry[] {
  return reader.vector(() => ({ permissions: reader.int(), scheme: reader.string(), id: reader.string() }));
}

/** Digests are shown to those alone who may change them. */
export function writeAcl(
  writer: JuteWriter,
  { acl, identities }: { acl: readonly AclEntry[]; identities: readonly Identity[] },
): void {
  const mayAdmin = gives(acl, { permission: permissions.admin, identities });
  writer.vector(acl, ({ permissions: given, scheme, id }) => {
    const shown = scheme === 'digest' && !mayAdmin ? id.replace(/:.*/, ':x') : id;
    writer.int(given).string(scheme).string(shown);
  });
}

function gives(
  acl: readonly AclEntry[],
  { permission, identities }: { permission: number; identities: readonly Identity[] },
): boolean {
  return acl.some(
    (entry) =>
      (entry.permissions & permission) !== 0 &&
      (entry.scheme === 'world' ||
        identities.some(({ scheme, id }) => scheme === entry.scheme && id === entry.id)),
  );
}
