/** A step's thread that is none: the real ends of its line, with clones of all that goes over it, in turns of this one's loop. */
import { EventEmitter } from 'node:events';
import type { Clock } from '../../../src/aurora/clock.ts';
import type { PackedDocuments } from '../../../src/aurora/journal.ts';
import { backupCraft } from '../../../src/cli/backup-craft.ts';
import { serveSteps } from '../../../src/restore/apart/inside.ts';
import type { Message } from '../../../src/restore/apart/line.ts';
import type { ClusterAccess, StepThread, StepThreads } from '../../../src/restore/ports.ts';
import { documentsOver } from '../../../src/store/packing.ts';

/** For every step that is long, however small the cluster. `started` is told of each. */
export function sameThread(clock: Clock, started: (cluster: string) => void) {
  return (clusters: ReadonlyMap<string, ClusterAccess>, documents: PackedDocuments): StepThreads => ({
    fromTasks: 0,
    documents,
    start: (name) => {
      started(name);
      const access = clusters.get(name);
      if (access === undefined) throw new Error(`no cluster ${name}`);
      return startOver(access, clock);
    },
  });
}

function startOver(access: ClusterAccess, clock: Clock): StepThread {
  const events = new EventEmitter();
  let isEnded = false;
  const later = (take: (message: Message) => void, message: Message): void => {
    const clone = structuredClone(message);
    queueMicrotask(() => {
      if (!isEnded) take(clone);
    });
  };
  const take = serveSteps({
    access,
    clock,
    backups: backupCraft,
    documentsOver,
    send: (message) => later((clone) => events.emit('message', clone), message),
  });
  return Object.assign(events, {
    postMessage: (message: Message) => later(take, message),
    terminate: () => {
      isEnded = true;
      return Promise.resolve(0);
    },
  }) as unknown as StepThread;
}
