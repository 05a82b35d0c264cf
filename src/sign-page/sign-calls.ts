/**
 * What the page asks: what a link is about, and that its person has signed. Their decision is taken by the same service as a press in
 * Slack, with the same checks: approver now, not barred, in the roster, and the signature theirs.
 */
import { z } from 'zod';
import type { Clock } from '../aurora/clock.ts';
import { AuroraError } from '../aurora/errors.ts';
import type { People } from '../aurora/people.ts';
import { type GivenSignature, givenSignatureSchema, type Signatures } from '../aurora/signatures.ts';
import type { Refusal } from '../restore/rules/gates.ts';
import { statementsToSign } from '../restore/rules/proofs.ts';
import type { Answer } from '../restore/service/answer.ts';
import type { RestoreService } from '../restore/service/service.ts';
import type { LinkAbout, SignLinks } from './link.ts';

export interface SignCallsDeps {
  readonly links: Pick<SignLinks, 'open'>;
  readonly service: Pick<RestoreService, 'read' | 'take' | 'mayTake'>;
  readonly signatures: Signatures;
  readonly people: Pick<People, 'findPerson'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** One call by its name; answers what goes back as JSON. Throws AuroraError for people, ZodError for what no page sends. */
type SignCall = (deps: SignCallsDeps, body: unknown) => Promise<Record<string, unknown>>;

const link = z.string().max(2_000);
const openBody = z.strictObject({ link });
const signBody = z.strictObject({ link, note: z.string().max(300), signature: givenSignatureSchema });

/** By what is signed: whether a reason is needed, and what is said when it was taken. */
const kinds = {
  stop: { reason: 'optional', done: 'You approved the stop' },
  commit: { reason: 'optional', done: 'You signed off the commit' },
  'go-back': { reason: 'required', done: 'You signed going back' },
  release: { reason: 'none', done: 'You let it reconcile' },
} as const;

const open: SignCall = async (deps, body) => {
  const about = deps.links.open(openBody.parse(body).link);
  const state = await deps.service.read(about.restoreId);
  const refusal = await mayTake(deps, about);
  if (refusal !== null) throw new AuroraError(refusal);
  const now = deps.clock.now();
  const [statement] = state === null ? [] : statementsToSign(state, { what: about.what, now });
  if (statement === undefined) throw nothingToSign();
  const [roster, person] = await Promise.all([
    deps.signatures.readRoster(now),
    deps.people.findPerson(about.userId),
  ]);
  return {
    statement,
    person: { id: person.id, name: person.displayName },
    keys: (roster.keysOf(person.id) ?? []).filter(({ type }) => type === 'passkey'),
    relyingParty: roster.relyingParty?.id ?? null,
    reason: kinds[about.what].reason,
  };
};

const sign: SignCall = async (deps, body) => {
  const { link: token, note, signature } = signBody.parse(body);
  const about = deps.links.open(token);
  const answer = await take(deps, about, { note, signature });
  if (!answer.ok) throw new AuroraError(answer.refusal);
  return {
    sentence: `${kinds[about.what].done} of ${about.restoreId}. The thread says so; you can close this page.`,
  };
};

const relyingParty: SignCall = async ({ signatures, clock }) => {
  const roster = await signatures.readRoster(clock.now());
  return { relyingParty: roster.relyingParty?.id ?? null };
};

export const signCalls: Readonly<Record<string, SignCall>> = { open, sign, 'relying-party': relyingParty };

async function mayTake({ service }: SignCallsDeps, about: LinkAbout): Promise<Refusal | null> {
  const { what, restoreId, userId, digest } = about;
  switch (what) {
    case 'stop':
    case 'commit':
      return await service.mayTake('sign-off', { restoreId, userId, gate: what, digest });
    case 'go-back':
      return await service.mayTake('go-back', { restoreId, userId });
    case 'release':
      return await service.mayTake('let-reconcile', { restoreId, userId });
  }
}

async function take(
  { service }: SignCallsDeps,
  about: LinkAbout,
  filled: { note: string; signature: GivenSignature },
): Promise<Answer> {
  const { what, restoreId, userId, digest } = about;
  const { note, signature } = filled;
  switch (what) {
    case 'stop':
    case 'commit':
      return await service.take('sign-off', {
        restoreId,
        userId,
        gate: what,
        digest,
        comment: note,
        signature,
      });
    case 'go-back':
      return await service.take('go-back', { restoreId, userId, reason: note, signature });
    case 'release':
      return await service.take('let-reconcile', { restoreId, userId, signature });
  }
}

function nothingToSign(): AuroraError {
  return new AuroraError({
    code: 'nothing-to-sign',
    message: 'Nothing is open to sign there now.',
    hint: 'The card in Slack says what the restore waits for.',
  });
}
