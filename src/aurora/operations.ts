/** Operations as bot and agent speak of them: what is asked, with whose signatures, and how it ended. */
import type { z } from 'zod';
import type { operationDefinitions } from './operations/all.ts';
import type { schedulerAnswer } from './operations/parts.ts';
import type { SignedStatement } from './statement.ts';
import type { GrantedStore } from './store-identity.ts';

type Definitions = typeof operationDefinitions;

/** What an agent can do to its host. */
export type OperationKind = keyof Definitions;

/** Arguments by kind. */
export type OperationParams = { [K in OperationKind]: z.infer<Definitions[K]['params']> };

/** What an operation of a kind answers with when it is done. */
export type OperationEvidence = { [K in OperationKind]: z.infer<Definitions[K]['evidence']> };

export type SchedulerAnswer = z.infer<typeof schedulerAnswer>;

/** A sign-off as a grant carries it. */
export interface GrantedSignOff {
  /** `team:user`, the person's stable id. */
  readonly person: string;
  readonly gate: string;
  readonly at: number;
  /** Of what they signed; absent from bots that do not tell. */
  readonly digest?: string;
}

/** The newest event of a journal, and its hash, which covers all before it. */
export interface JournalHead {
  readonly seq: number;
  /** Hex sha256. */
  readonly hash: string;
}

/** What the bot signs for one operation; the agent checks every field (design promise 3). */
export interface GrantPayload {
  readonly operationId: string;
  readonly kind: OperationKind;
  /** Hex sha256 of the canonical JSON of the params. */
  readonly paramsSha256: string;
  readonly restoreId: string;
  readonly cluster: string;
  readonly step: string;
  readonly host: string;
  /** What was signed last. */
  readonly digest: string;
  readonly fence: number;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** How far the journal of this restore had come; absent in grants of bots that did not say. */
  readonly journal?: JournalHead;
  /** Everybody who has signed a gate of this restore so far; an agent counts those of the gate that the kind needs. */
  readonly signers: readonly GrantedSignOff[];
  /** Of the agent's journal, as its status tells it; absent for agents that do not tell, and from bots that do not know it. */
  readonly epoch?: string;
  /** The database that the bot works from; absent for agents that do not tell which one they work for, and from bots of before. */
  readonly store?: GrantedStore;
}

/** What the newest grant said that an agent took. */
export type LastGrant = Pick<GrantPayload, 'restoreId' | 'fence' | 'journal'>;

export interface Grant {
  readonly payload: GrantPayload;
  /** Base64 Ed25519 signature over the canonical JSON of `payload`. */
  readonly signature: string;
  /** What people signed with keys of their own so far; the bot cannot vouch for it, so it does not sign it. */
  readonly statements?: readonly SignedStatement[];
}

export interface OperationRequest<K extends OperationKind = OperationKind> {
  readonly operationId: string;
  readonly kind: K;
  readonly params: OperationParams[K];
  readonly grant: Grant;
}

/**
 * `done`: the host is as asked (`changed` tells whether this operation changed it). `failed`: it is not, and the host
 * is as before or as `message` says. `uncertain`: the agent was interrupted and the host cannot tell. `running`: ask again.
 * A refused request is an AuroraError of code `grant-refused` and leaves no trace but the audit line.
 */
export type OperationResult<K extends OperationKind = OperationKind> =
  | OperationEnd<K>
  | (OperationName<K> & { readonly state: 'running' });

/** An operation that has come to an end; see `OperationResult` for what each state means. */
export type OperationEnd<K extends OperationKind = OperationKind> = OperationName<K> &
  (
    | {
        readonly state: 'done';
        readonly changed: boolean;
        readonly evidence: OperationEvidence[K];
        readonly finishedAt: number;
      }
    | {
        readonly state: 'failed';
        readonly message: string;
        readonly hint: string;
        readonly finishedAt: number;
      }
    | { readonly state: 'uncertain'; readonly message: string; readonly hint: string }
  );

interface OperationName<K extends OperationKind> {
  readonly operationId: string;
  readonly kind: K;
}
