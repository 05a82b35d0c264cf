/** An attack that is played against real parts of the product. */
export interface Attack {
  /** Whose it is, and what they try: `bot host: …`. */
  readonly name: string;
  play(): Promise<Outcome>;
}

export interface Outcome {
  /** The product held. */
  readonly held: boolean;
  /** A sentence that says how, or what broke. */
  readonly says: string;
}
