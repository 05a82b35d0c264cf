/**
 * Whose signatures an operation needs: by its kind, and by what the host would be after it. Pure.
 *
 * Only two things cannot be put back: a scheduler that registers with a log that is not the cluster's, and one that
 * reconciles. Before a restored scheduler has started without recovery mode neither has happened on this host, so that the way
 * back is free until then, and takes people afterwards.
 */
import { operationDefinitions } from '../../aurora/operations/all.ts';
import type { OperationRequest } from '../../aurora/operations.ts';
import { heldReconciliationFlags, recoveryFlags, sameFlags } from '../../aurora/restore-flags.ts';
import type { Intent } from '../../aurora/statement.ts';
import type { HostState } from './host-state.ts';

type Need =
  | { readonly proven: 'nobody' }
  | { readonly proven: Intent }
  /** Nobody's signature makes it right as this host stands; `why` is a sentence. */
  | { readonly proven: 'never'; readonly why: string };

const nobody: Need = { proven: 'nobody' };

const notSignable =
  "This host requires people's own signatures, and outside a restore there is nothing they can sign yet. Do it on the host itself.";

/** `state` is of before the operation. */
export function needOf(
  request: OperationRequest,
  { state, auroraVersion }: { state: HostState; auroraVersion: string },
): Need {
  const { kind, grant } = request;
  const { restoreId } = grant.payload;
  const { proven } = operationDefinitions[kind];
  switch (proven) {
    case 'nobody':
    case 'stop':
    case 'go-back':
      return { proven };
    case 'never':
      return { proven, why: notSignable };
    case 'commit':
      return ownLog(state, restoreId, { proven });
    case 'release':
      return state.owner === restoreId && state.released.has(restoreId)
        ? nobody
        : ownLog(state, restoreId, { proven });
    case 'stop, or nobody on the way':
      return isUnderWay(state, restoreId) && !state.startedOn.has(restoreId) ? nobody : { proven: 'stop' };
    case 'nobody, or go-back':
      return needToUndo(request, state);
    case 'nobody, or release':
      return needToRestoreFlags(state, restoreId);
    case 'by flags':
      return needToSetFlags(
        operationDefinitions['set-flags'].params.parse(request.params).flags,
        auroraVersion,
      );
    case 'by log and flags':
      return needToStart(state, restoreId);
  }
}

/** What follows a release: reconciling once more, a scheduler that hangs. */
const afterReleaseMs = 24 * 3_600_000;

/** This host is in the middle of it: what it was stopped for has not ended here. */
export function isUnderWay(state: HostState, restoreId: string): boolean {
  if (state.flags.by === restoreId) return true;
  const released = state.released.get(restoreId) ?? Number.POSITIVE_INFINITY;
  return state.owner === restoreId && state.now < released + afterReleaseMs;
}

function ownLog({ owner }: Pick<HostState, 'owner'>, restoreId: string, need: Need): Need {
  if (owner === restoreId) return need;
  return { proven: 'never', why: `The log in place on this host is not one that ${restoreId} has made.` };
}

function needToUndo({ kind, grant }: OperationRequest, state: HostState): Need {
  const { restoreId } = grant.payload;
  // Nothing of it is aside here: there is nothing to put back, and nothing is moved.
  if (kind === 'put-back-log' && !state.aside.has(restoreId)) return nobody;
  return state.owner === restoreId && !state.committed.has(restoreId) ? nobody : { proven: 'go-back' };
}

function needToRestoreFlags({ owner, running, startedOn, released }: HostState, restoreId: string): Need {
  if (owner === null || released.has(owner)) return nobody;
  if (startedOn.has(owner)) return ownLog({ owner }, restoreId, { proven: 'release' });
  if (!running) return nobody;
  // Whatever ends that scheduler would have it started with its own flags on a log that nobody has committed.
  return {
    proven: 'never',
    why: `A scheduler runs on the log of ${owner}, which nobody has committed on this host. Stop it first.`,
  };
}

function needToSetFlags(flags: Readonly<Record<string, string | null>>, auroraVersion: string): Need {
  if (sameFlags(recoveryFlags(auroraVersion), flags)) return { proven: 'stop' };
  if (sameFlags(heldReconciliationFlags(auroraVersion), flags)) return { proven: 'commit' };
  return {
    proven: 'never',
    why: `A restore sets the flags of recovery mode of Aurora ${auroraVersion}, or holds its reconciliation back, and nothing else.`,
  };
}

function needToStart(state: HostState, restoreId: string): Need {
  const { owner, mode, released } = state;
  if (mode === 'recovery') return { proven: 'stop' };
  // The cluster's own log, be it the one of before or what an earlier restore has brought.
  if (owner === null || (owner !== restoreId && released.has(owner))) return nobody;
  if (owner !== restoreId) {
    return {
      proven: 'never',
      why: `The log in place was made by ${owner}, which has not ended on this host, and a start under ${restoreId} would take it for the cluster's.`,
    };
  }
  if (released.has(restoreId)) return nobody;
  return { proven: mode === 'held' ? 'commit' : 'release' };
}
