import type { ClusterAccess, RestoreDeps } from '../ports.ts';
import type { RestoreState } from '../record/state.ts';
import type { Refusal } from '../rules/gates.ts';

/** What a person gets who wanted something: the restore as it is then, or why not and what to do. */
export type Answer =
  | { readonly ok: true; readonly state: RestoreState }
  | { readonly ok: false; readonly refusal: Refusal };

/** What the service needs: it decides and writes, and never reaches a host. */
export type ServiceDeps = Pick<
  RestoreDeps,
  'clock' | 'journal' | 'people' | 'documents' | 'signatures' | 'whenSlackIsDown'
> & {
  readonly clusters: ReadonlyMap<string, Pick<ClusterAccess, 'cluster'>>;
};
