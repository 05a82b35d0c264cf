/**
 * Whether the agent may do what it is asked (design promise 3). Pure: request, keys, clock and fence come in, a
 * refusal comes out. Every refusal names its rule; docs/agent.md lists them.
 */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { canonicalJson } from '../aurora/canonical-json.ts';
import { AuroraError } from '../aurora/errors.ts';
import { sameHost } from '../aurora/host-names.ts';
import { operationDefinitions } from '../aurora/operations/all.ts';
import type { GrantPayload, OperationKind, OperationRequest } from '../aurora/operations.ts';
import { judgeStore, type KnownStore } from '../aurora/store-identity.ts';
import { findLacking } from './granted-signers.ts';
import { storeRefusal } from './store-refusal.ts';

/** A grant that lives longer is refused whoever signed it: it must not lie around. */
const grantLifetimeMsMax = 15 * 60_000;

/** Each worker that takes a restore over adds one; a bot that starts again every second for a week adds fewer. */
const fenceJumpMax = 1_000_000;

/** Every rule by which a grant can be refused; docs/agent.md says what each means. */
export const grantRules = [
  'signature',
  'operation',
  'kind',
  'params',
  'host',
  'cluster',
  'not-allowed',
  'lifetime',
  'not-yet-valid',
  'expired',
  'epoch',
  'store',
  'fence',
  'fence-jump',
  'signers',
  'id-reused',
  'state',
  'state-unknown',
  'too-soon',
  'proofs',
  'statement',
  'signed-content',
  'roster',
] as const;

export type GrantRule = (typeof grantRules)[number];

export interface GrantCheck {
  readonly host: string;
  readonly cluster: string;
  readonly now: number;
  readonly clockSkewMs: number;
  readonly highestFence: number;
  /** Of this agent's journal, and whether a grant must name it; a grant that names another is refused in any case. */
  readonly epoch?: { readonly own: string; readonly required: boolean };
  /** The bot's database that this host works for; `null` or absent: whichever comes first. */
  readonly store?: KnownStore | null;
  /** Restores that have left something on this host and are not in its journal. */
  readonly unknownRestores?: readonly string[];
  readonly publicKeys: readonly KeyObject[];
  /** What this host lets be done at all; everything unless it is said. */
  readonly operations?: readonly OperationKind[];
}

/** Throws AuroraError `grant-refused` with `details.rule`. */
export function verifyGrant(request: OperationRequest, check: GrantCheck): void {
  const { payload, signature } = request.grant;
  // The signature comes first: nothing is said about the content of a grant that nobody we trust has signed.
  if (!isSigned(payload, signature, check.publicKeys)) {
    throw refuse('signature', 'No key that this agent trusts has signed the grant.');
  }
  for (const [rule, holds, sentence, more] of rulesOf(request, check)) {
    if (!holds) throw refuse(rule, sentence, more);
  }
}

/** Hex sha256 of the canonical JSON of an operation's arguments, as `GrantPayload.paramsSha256` has it. */
export function hashParams(params: unknown): string {
  return createHash('sha256').update(canonicalJson(params)).digest('hex');
}

/** Reads a base64 SPKI Ed25519 key; AuroraError `config-invalid` for anything else. */
export function parsePublicKey(base64: string): KeyObject {
  try {
    const key = createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' });
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Falls through to the same sentence: what is wrong with the bytes helps nobody.
  }
  throw new AuroraError({
    code: 'config-invalid',
    message: 'A key in trust.publicKeys is not a base64 SPKI Ed25519 public key.',
    hint: 'Put there what "aurora-chatops config public-key --config FILE" prints on the bot\'s machine.',
  });
}

/** In the one form in which keys are compared: base64 SPKI. */
export function publicKeyText(key: KeyObject): string {
  return key.export({ format: 'der', type: 'spki' }).toString('base64');
}

/** A refusal of any rule, for the agent's own checks as well. */
export function refuse(
  rule: GrantRule,
  sentence: string,
  more: { hint?: string; details?: Readonly<Record<string, unknown>> } = {},
): AuroraError {
  return new AuroraError({
    code: 'grant-refused',
    message: sentence,
    hint:
      more.hint ??
      hints[rule] ??
      'Nothing was done. The bot must ask again with a grant of its own for this operation.',
    details: { rule, ...more.details },
  });
}

const hints: Partial<Record<GrantRule, string>> = {
  signature: "Put the bot's public key into trust.publicKeys of this agent; nothing was done.",
  'not-yet-valid': 'Compare the clocks of the bot and of this host; nothing was done.',
  expired: 'Compare the clocks of the bot and of this host; nothing was done.',
  'not-allowed':
    'Add it to operations in the configuration of the agent, if it should be allowed; nothing was done.',
  'fence-jump':
    'Find out who signed it. If the bot has really come that far, stop the agent and run "aurora-chatops agent reset-fence".',
  'state-unknown':
    'The state directory of the agent was lost or replaced. Look at the logs, flags and backups that they left; docs/agent.md says how to continue.',
  epoch:
    'A bot as new as this agent asks again by itself: upgrade the bot, then look again. Nothing was done.',
  fence: 'Another worker of the bot has taken over this restore; this one must stop.',
  state: 'Nothing was done. docs/signing.md says what this host asks for, and why.',
  proofs: 'Whoever signs must be in the roster of this host, with a key that is valid now; nothing was done.',
  statement: 'Sign what this restore asks for now; nothing was done.',
  'signed-content':
    'Nothing was done. Find out who has changed it; put everything back, or sign what is there.',
  roster: 'Fix the roster of this host, and run "aurora-chatops agent check" there; nothing was done.',
  signers: 'Let one more person sign off in the thread of the restore; nothing was done.',
};

function rulesOf(
  { operationId, kind, params, grant: { payload } }: OperationRequest,
  check: GrantCheck,
): readonly (readonly [GrantRule, boolean, string, { hint?: string; details?: Record<string, unknown> }?])[] {
  const { signed } = operationDefinitions[kind];
  const unknown = check.unknownRestores ?? [];
  const stranger = judgeStore(payload.store, check.store ?? null);
  const { message, ...aboutStore } = storeRefusal(stranger, check.store ?? null);
  const lacking = signed === null ? null : findLacking(payload, { signed, ...check });
  return [
    ['operation', payload.operationId === operationId, 'The grant is for another operation.'],
    ['kind', payload.kind === kind, `The grant is for ${payload.kind}, not for ${kind}.`],
    ['params', payload.paramsSha256 === hashParams(params), 'The arguments are not those of the grant.'],
    [
      'host',
      sameHost(payload.host, check.host),
      `The grant is for ${payload.host}, and this is ${check.host}.`,
    ],
    [
      'cluster',
      payload.cluster === check.cluster,
      `The grant is for cluster ${payload.cluster}, and this host belongs to ${check.cluster}.`,
    ],
    ['not-allowed', check.operations?.includes(kind) !== false, `This host does not allow ${kind}.`],
    [
      'lifetime',
      payload.expiresAt > payload.issuedAt && payload.expiresAt - payload.issuedAt <= grantLifetimeMsMax,
      `A grant lives at most ${grantLifetimeMsMax / 60_000} minutes.`,
    ],
    [
      'not-yet-valid',
      payload.issuedAt <= check.now + check.clockSkewMs,
      'The grant was issued in the future, by the clock of this host.',
    ],
    ['expired', payload.expiresAt + check.clockSkewMs > check.now, 'The grant has expired.'],
    [
      'epoch',
      isOfEpoch(payload, check),
      payload.epoch === undefined
        ? 'The grant does not name the journal of this agent.'
        : 'The grant is for another journal than the one that this agent has now.',
      { details: { epoch: check.epoch?.own } },
    ],
    ['store', stranger === null, message, aboutStore],
    [
      'fence',
      payload.fence >= check.highestFence,
      `The grant has fencing token ${payload.fence}, and ${check.highestFence} was seen already.`,
    ],
    [
      'fence-jump',
      payload.fence - check.highestFence <= fenceJumpMax,
      `The grant has fencing token ${payload.fence}, far above ${check.highestFence}, which is the highest seen.`,
    ],
    ['signers', lacking === null, `${kind} ${lacking ?? ''}`],
    [
      'state-unknown',
      unknown.length === 0,
      `${unknown.join(', ')} left something on this host, and the journal of this agent does not know it.`,
    ],
  ];
}

/** A grant of before the state directory was lost names another one, or none. */
function isOfEpoch({ epoch }: GrantPayload, check: GrantCheck): boolean {
  if (check.epoch === undefined) return true;
  return epoch === undefined ? !check.epoch.required : epoch === check.epoch.own;
}

function isSigned(payload: GrantPayload, signature: string, keys: readonly KeyObject[]): boolean {
  const bytes = Buffer.from(canonicalJson(payload));
  const signed = Buffer.from(signature, 'base64');
  return keys.some((key) => verify(null, bytes, key, signed));
}
