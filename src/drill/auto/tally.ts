/**
 * Counts what really happened to the hosts, from their side: what their service managers, packet filters, schedulers and
 * `mesos-log` have witnessed, and what the agents' own file operations leave on disk. Neither bot nor agent is believed:
 * their journals only say what was asked for.
 */
import fs from 'node:fs';
import { basename, dirname } from 'node:path';
import { z } from 'zod';
import type { Recorded } from '../../aurora/journal.ts';
import type { OperationKind } from '../../aurora/operations.ts';
import type { Effect } from '../../pretend-aurora/host/effect.ts';
import type { RestoreEvent } from '../../restore/record/events.ts';
import { foldJournal } from '../../restore/record/fold.ts';
import type { OperationState } from '../../restore/record/state.ts';
import type { ForeignCall } from '../faults/fault.ts';
import type { RunningHost } from '../hosts/drill-hosts.ts';
import { attributeEffects } from './attribute.ts';

export interface Tally {
  /** Operations that the bot asked for. */
  readonly requested: number;
  /** Of these, those whose effect is there, or was there already. */
  readonly executed: number;
  /** Effects beyond the first of an operation. */
  readonly repeated: number;
  /** Operations reported done that changed something, without an effect to show for it. */
  readonly lost: number;
  /** Operations of hosts that could not be asked what was done to them; absent when all could. */
  readonly uncounted?: number;
}

/** One operation whose effects are not exactly one, for the person who has to find out why. */
interface Discrepancy {
  readonly operationId: string;
  /** `null` when nobody outside of bot and agent can tell. */
  readonly seen: number | null;
}

/** The word a witness writes for an operation; operations that work on files have none. */
const witnessed: Partial<Record<OperationKind, string>> = {
  'stop-scheduler': 'stop',
  'start-scheduler': 'start',
  'block-traffic': 'block',
  'unblock-traffic': 'unblock',
  'initialize-log': 'initialize',
  'run-recovery-tool': 'run-recovery-tool',
};

/** Calls to the scheduler, witnessed by the scheduler; a restore makes each of them once on one host. */
const calls: Partial<Record<OperationKind, string>> = {
  'stage-backup': 'stageRecovery',
  'delete-staged-tasks': 'deleteRecoveryTasks',
  'commit-recovery': 'commitRecovery',
  'reconcile-explicit': 'triggerExplicitTaskReconciliation',
  'reconcile-implicit': 'triggerImplicitTaskReconciliation',
};

export async function tallyOperations(
  records: readonly Recorded<RestoreEvent>[],
  hosts: readonly RunningHost[],
  foreignCalls: readonly ForeignCall[] = [],
): Promise<{ tally: Tally; discrepancies: readonly Discrepancy[] }> {
  const operations = [...foldJournal(records).operations.values()];
  let executed = 0;
  let repeated = 0;
  let lost = 0;
  let uncounted = 0;
  const discrepancies: Discrepancy[] = [];
  for (const host of hosts) {
    const own = operations.filter((candidate) => candidate.host === host.name);
    const told = await readEffectsSince(host, records[0]?.at ?? 0);
    if (told === null) {
      // Nobody outside can say: neither right nor wrong.
      uncounted += own.length;
      discrepancies.push(...own.map(({ operationId }) => ({ operationId, seen: null })));
      continue;
    }
    const attributed = attributeEffects(told, { records, host: host.name, witnessed });
    const effects = withoutForeign(
      attributed.filter(({ changed }) => changed),
      foreignCalls.filter((call) => call.host === host.name),
    );
    for (const operation of own) {
      const count = countEffects(operation, { host, effects, operations });
      if (count > 1) repeated += count - 1;
      if (count > 1 || (count === 0 && isClaimed(operation))) {
        discrepancies.push({ operationId: operation.operationId, seen: count });
      }
      if (count >= 1 || !isClaimed(operation)) executed += operation.result?.state === 'done' ? 1 : 0;
      else lost += 1;
    }
  }
  const tally = { requested: operations.length, executed, repeated, lost };
  return { tally: uncounted === 0 ? tally : { ...tally, uncounted }, discrepancies };
}

/** What an earlier restore of the same drill did is not this one's; `null` when nobody outside can say. */
async function readEffectsSince(host: RunningHost, sinceMs: number): Promise<readonly Effect[] | null> {
  const told = await host.readEffects().catch(() => null);
  return told?.filter(({ at }) => at >= sinceMs) ?? null;
}

/** A scheduler cannot know who asked: of each call of somebody else's, one witness line is nobody's of ours. */
function withoutForeign(effects: readonly Effect[], foreign: readonly ForeignCall[]): readonly Effect[] {
  const left = foreign.map(({ method }) => method);
  return effects.filter(({ effect }) => {
    const place = left.indexOf(effect);
    if (place < 0) return true;
    left.splice(place, 1);
    return false;
  });
}

/** An operation that is reported to have changed its host must show its effect; so must a call that was answered OK. */
function isClaimed({ kind, result }: OperationState): boolean {
  if (result?.state !== 'done' || !result.changed) return false;
  return calls[kind] === undefined || JSON.stringify(result.evidence).includes('"answer":"ok"');
}

function countEffects(
  operation: OperationState,
  seen: {
    host: RunningHost;
    operations: readonly OperationState[];
    effects: readonly { effect: string; operationId: string | null }[];
  },
): number {
  const method = calls[operation.kind];
  if (method !== undefined) return countCalls(operation, { ...seen, method });
  const word = witnessed[operation.kind];
  if (word !== undefined) {
    return seen.effects.filter(
      (effect) => effect.operationId === operation.operationId && effect.effect === word,
    ).length;
  }
  return countTraces(operation, seen.host);
}

/** The scheduler cannot know who asked: its calls are counted against all operations that may have made them. */
function countCalls(
  operation: OperationState,
  seen: { operations: readonly OperationState[]; effects: readonly { effect: string }[]; method: string },
): number {
  const made = seen.effects.filter((effect) => effect.effect === seen.method).length;
  const same = seen.operations.filter(({ kind, host }) => kind === operation.kind && host === operation.host);
  const place = same.indexOf(operation);
  // The last of them answers for what is left over; an operation that failed made no call.
  if (place < same.length - 1) return operation.result?.state === 'failed' ? 0 : Math.min(1, made);
  const earlier = same.slice(0, -1);
  const most = made - earlier.filter(isClaimed).length;
  // Of one without an answer, as of an uncertain one, nobody can tell whether its call came to its end: once or not at all.
  const untold = earlier.filter((one) => !isClaimed(one) && one.result?.state !== 'failed').length;
  return Math.max(most - untold, Math.min(1, most));
}

/** What a file operation leaves behind, by the name it must have; a repeated one would leave a second of it. */
function countTraces(operation: OperationState, host: RunningHost): number {
  const restoreId = operation.operationId.split('.')[0] ?? '';
  switch (operation.kind) {
    case 'set-aside-log':
    case 'put-back-log': {
      // A second set-aside would need a second name; after an undo the directory is back under its own.
      const aside = namesLike(dirname(host.paths.log), `db.set-aside-${restoreId}`);
      const restored = namesLike(dirname(host.paths.log), `db.restored-${restoreId}`);
      return operation.kind === 'set-aside-log' ? Math.max(aside, restored) : restored;
    }
    case 'bring-back-log':
      // A copy has one name; it is moved away when it is undone.
      return Math.max(
        Number(fs.existsSync(host.paths.log)),
        namesLike(dirname(host.paths.log), `db.restored-${restoreId}`),
      );
    case 'set-aside-new-log':
      // Each has a name of its own; one that had nothing to move leaves an empty directory, which was filled since.
      return movedTo(operation) === null ? 1 : Number(fs.existsSync(movedTo(operation) ?? ''));
    case 'set-flags':
      return namesLike(dirname(host.paths.flags), `${basename(host.paths.flags)}.set-aside-${restoreId}`);
    case 'hold-backup':
    case 'receive-backup':
    case 'place-backup':
    case 'take-out-backup':
      return Math.max(namesLike(host.paths.held, restoreId), 0);
    case 'restore-flags':
      return fs.existsSync(host.paths.flags) ? 1 : 0;
    default:
      throw new Error(`nothing is witnessed of ${operation.kind}`);
  }
}

function movedTo({ result }: OperationState): string | null {
  const parsed = z.object({ movedTo: z.string().nullable() }).safeParse(result?.evidence);
  return parsed.success ? parsed.data.movedTo : null;
}

function namesLike(directory: string, start: string): number {
  if (!fs.existsSync(directory)) return 0;
  return fs.readdirSync(directory).filter((name) => name === start || name.startsWith(`${start}-`)).length;
}
