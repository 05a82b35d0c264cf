/** Bad things that can happen to what the local Slack stands beside: it only shows them and passes the wish on. */
export interface OfferedFaults {
  offered(): readonly { readonly name: string; readonly what: string; readonly happening: boolean }[];
  /** Lets it happen now. Throws AuroraError. */
  begin(name: string): void;
}
