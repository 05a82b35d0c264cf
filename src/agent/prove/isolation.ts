/** A place of its own for a proof: how it is made, and how everything in it is ended. */
export interface ProofRequest {
  /** Lower-case hex; names everything that belongs to this proof. */
  readonly id: string;
  /** Holds the pipe `in`; `verdict` and `said` are written there. For root alone. */
  readonly directory: string;
  readonly account: { readonly uid: number; readonly gid: number };
  /** Directories that must be out of reach. */
  readonly hidden: readonly string[];
  readonly scratchMib: number;
  readonly memoryMib: number;
  readonly seconds: number;
}

export interface Isolation {
  /** Why it cannot be done on this host, as a sentence; `null` when it can. Changes nothing. */
  whyNot(): Promise<string | null>;
  /** A command that ends when the proof has ended, in which `agent prove-inside` reads the pipe. */
  command(request: ProofRequest): readonly string[];
  /** After that command ended or was killed: resolves when nothing of the proof runs. Nothing happens when nothing does. */
  clear(id: string): Promise<void>;
}

/** Of a proof, under `prove.directory`. */
export const jobPrefix = 'prove-';
