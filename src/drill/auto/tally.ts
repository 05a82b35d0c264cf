/**
 * Counts what really happened to the pretend hosts, from their side: the witness lines of the service manager, the
 * firewall and `mesos-log`, and what the agents' own file operations leave on disk. Neither bot nor agent is believed:
 * their journals only say what was asked for.
 */
import fs from 'node:fs';
import { join } from 'node:path';
import type { Recorded } from '../../aurora/journal.ts';
import type { OperationKind } from '../../aurora/operations.ts';
import type { RestoreEvent } from '../../restore/events.ts';
import { foldJournal, type OperationState } from '../../restore/state.ts';
import { readEffects } from '../hosts/effects.ts';
import { hostPaths } from '../hosts/host-dir.ts';
import type { DrillHost } from '../world/config-files.ts';

export interface Tally {
  /** Operations that the bot asked for. */
  readonly requested: number;
  /** Of these, those whose effect is there, or was there already. */
  readonly executed: number;
  /** Effects beyond the first of an operation. */
  readonly repeated: number;
  /** Operations reported done that changed something, without an effect to show for it. */
  readonly lost: number;
}

/** The word a witness writes for an operation; operations that work on files have none. */
const witnessed: Partial<Record<OperationKind, string>> = {
  'stop-scheduler': 'stop',
  'start-scheduler': 'start',
  'block-traffic': 'block',
  'unblock-traffic': 'unblock',
  'initialize-log': 'initialize',
};

/** Calls to the scheduler, witnessed by the scheduler; a restore makes each of them once on one host. */
const calls: Partial<Record<OperationKind, string>> = {
  'stage-backup': 'stageRecovery',
  'unload-backup': 'unloadRecovery',
  'delete-staged-tasks': 'deleteRecoveryTasks',
  'commit-recovery': 'commitRecovery',
  'reconcile-explicit': 'triggerExplicitTaskReconciliation',
  'reconcile-implicit': 'triggerImplicitTaskReconciliation',
};

export function tallyOperations(
  records: readonly Recorded<RestoreEvent>[],
  hosts: readonly DrillHost[],
): Tally {
  const operations = [...foldJournal(records).operations.values()];
  let executed = 0;
  let repeated = 0;
  let lost = 0;
  for (const host of hosts) {
    const effects = readEffects(hostPaths(host.directory).effects).filter((effect) => effect.changed);
    for (const operation of operations.filter((candidate) => candidate.host === host.name)) {
      const count = countEffects(operation, { host, effects });
      if (count > 1) repeated += count - 1;
      const claimed = operation.result?.state === 'done' && operation.result.changed;
      if (count >= 1 || !claimed) executed += operation.result?.state === 'done' ? 1 : 0;
      else lost += 1;
    }
  }
  return { requested: operations.length, executed, repeated, lost };
}

function countEffects(
  operation: OperationState,
  seen: { host: DrillHost; effects: readonly { effect: string; operationId: string | null }[] },
): number {
  const method = calls[operation.kind];
  if (method !== undefined) return seen.effects.filter((effect) => effect.effect === method).length;
  const word = witnessed[operation.kind];
  if (word !== undefined) {
    return seen.effects.filter(
      (effect) => effect.operationId === operation.operationId && effect.effect === word,
    ).length;
  }
  return countTraces(operation, seen.host);
}

/** What a file operation leaves behind, by the name it must have; a repeated one would leave a second of it. */
function countTraces(operation: OperationState, host: DrillHost): number {
  const paths = hostPaths(host.directory);
  const restoreId = operation.operationId.split('.')[0] ?? '';
  switch (operation.kind) {
    case 'set-aside-log':
    case 'put-back-log': {
      // A second set-aside would need a second name; after an undo the directory is back under its own.
      const aside = namesLike(host.directory, `db.set-aside-${restoreId}`);
      const restored = namesLike(host.directory, `db.restored-${restoreId}`);
      return operation.kind === 'set-aside-log' ? Math.max(aside, restored) : restored;
    }
    case 'set-flags':
      return namesLike(host.directory, `scheduler.flags.set-aside-${restoreId}`);
    case 'hold-backup':
    case 'receive-backup':
    case 'place-backup':
    case 'take-out-backup':
      return Math.max(namesLike(join(host.directory, 'agent', 'held'), restoreId), 0);
    case 'restore-flags':
      return fs.existsSync(paths.flags) ? 1 : 0;
    default:
      throw new Error(`nothing is witnessed of ${operation.kind}`);
  }
}

function namesLike(directory: string, start: string): number {
  if (!fs.existsSync(directory)) return 0;
  return fs.readdirSync(directory).filter((name) => name === start || name.startsWith(`${start}-`)).length;
}
