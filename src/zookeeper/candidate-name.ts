/** Every election an Aurora release has used (aurora.md 8.1): LeaderSelector, LeaderLatch, legacy. */
const electionNode = /^(?:_c_[0-9a-fA-F-]+-(?:lock|latch)-|singleton_candidate_)(\d{10})$/;

/** The sequence number of an election node's name; `null` for any other child. */
export function candidateSequence(name: string): number | null {
  const digits = electionNode.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}
