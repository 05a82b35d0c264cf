/** What a line of the audit log says. */
import type { JournalHead } from '../aurora/operations.ts';
import type { Intent } from '../aurora/statement.ts';

/** Where a request came from. */
export interface RequestSource {
  /** Address of the other side. */
  readonly from: string;
  /** Subject and fingerprint of its certificate; `null` without TLS. */
  readonly client: string | null;
  /** Method and path, as asked; cut when they are long. */
  readonly request: string;
  /** Hex, of its body as it came; of method and path where none was read. */
  readonly sha256?: string;
  /** Bytes of what was hashed. */
  readonly size?: number;
}

export interface AuditEntry extends RequestSource {
  readonly at: number;
  /** `failed`: it was granted and the agent could not answer it. */
  readonly decision: 'granted' | 'refused' | 'answered-again' | 'failed';
  /** Why it was refused; docs/agent.md lists the rules. */
  readonly rule?: string;
  /** HTTP, when the entry was written with the answer. */
  readonly status?: number;
  /** How many more of the kind came within the same second and have no line of their own. */
  readonly more?: number;
  /** A refused one has its id and kind alone: what else it says nobody has vouched for. */
  readonly operation?: {
    readonly operationId: string;
    readonly kind: string;
    readonly restoreId?: string;
    readonly step?: string;
    readonly fence?: number;
    readonly digest?: string;
    /** The bot's database and the start of the bot on it, by a grant that names them; its name, never its epoch. */
    readonly store?: { readonly name: string; readonly incarnation: string };
    /** How far the bot's journal had come, by a grant that says. */
    readonly journal?: JournalHead;
    readonly signers?: readonly string[];
    /** How many people's own signatures were good, where they are looked at. */
    readonly proofs?: number;
    /** What they had to have signed; absent where that is nobody's signature. */
    readonly proven?: Intent;
    /** What would have been refused for want of them, were they required: a sentence. */
    readonly unproven?: string;
  };
}

/** Something the agent did of itself. */
export interface AuditNote {
  readonly at: number;
  readonly event:
    | 'opened'
    | 'closed'
    | 'traffic-blocked-again'
    | 'fence-reset'
    | 'state-accepted'
    | 'store-taken';
  /** Of `store-taken`: the name of the bot's database, `null` for whichever comes first. */
  readonly store?: string | null;
  /** Of `store-taken`: why, in the words of whoever did it. */
  readonly reason?: string;
  /** Of `store-taken`: the account that became root for it. */
  readonly by?: string;
}
