import type { Candidate } from '../../../src/aurora/leader.ts';

/** What real hosts answered at one moment of a recording; while it is set, the pretend ones say the same. */
export interface RecordedMoment {
  readonly hosts: ReadonlyMap<
    string,
    { readonly vars: Readonly<Record<string, number | string>>; leaderHealth: number; storageReady: boolean }
  >;
  readonly candidates: readonly Candidate[];
}
