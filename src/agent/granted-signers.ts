/** Who, of all those that a grant names, counts for what is asked. Pure. */
import { sha256Schema } from '../aurora/name-schemas.ts';
import type { SignedAt } from '../aurora/operations/define-operation.ts';
import type { GrantedSignOff, GrantPayload } from '../aurora/operations.ts';

interface Asked {
  readonly signed: SignedAt;
  readonly now: number;
  readonly clockSkewMs: number;
}

/** What is missing, as the end of a sentence about the operation; `null` when enough people have signed. */
export function findLacking(payload: GrantPayload, asked: Asked): string | null {
  const { gate, people } = asked.signed;
  if (!sha256Schema.safeParse(payload.digest).success)
    return 'needs the digest of what was signed, and the grant has none.';
  const found = countPeople(payload, asked);
  if (found >= people) return null;
  return `needs ${people} distinct people who signed the gate "${gate}" of this digest lately, and the grant has ${found}.`;
}

/**
 * Distinct people, not texts. A human may be in several workspaces of an Enterprise Grid under one user id, and Slack gives no
 * user id twice (slack.md 5), so the workspace does not make two of one.
 */
export function countPeople(
  { signers, digest }: Pick<GrantPayload, 'signers' | 'digest'>,
  { signed, now, clockSkewMs }: Asked,
): number {
  const counts = ({ gate, at, digest: of }: GrantedSignOff): boolean =>
    gate === signed.gate &&
    at <= now + clockSkewMs &&
    at >= now - signed.withinMs &&
    (!signed.digestBound || of === undefined || of === digest);
  const people = signers.filter(counts).map(({ person }) => userOf(person));
  return new Set(people.filter((user) => user !== null)).size;
}

/** `null` for what names nobody: an agent does not know people, but it knows what their ids look like. */
function userOf(person: string): string | null {
  return /^[TE][A-Z0-9]*:([UW][A-Z0-9]+)$/.exec(person.trim().toUpperCase())?.[1] ?? null;
}
