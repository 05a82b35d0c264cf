/** Every stream that a step reads from an agent, and a way to break it there. */
import type { Procedure } from '../../../src/aurora/cluster.ts';
import type { StepName } from '../../../src/restore/record/facts.ts';
import type { StreamFault, StreamMeddler } from './pretend-agent.ts';
import type { PretendEngine } from './pretend-engine.ts';

export interface StreamRead {
  readonly procedure: Procedure;
  readonly step: StepName;
  readonly stream: Parameters<StreamMeddler>[0]['stream'];
  /** Which one of them in this step. */
  readonly nth: number;
}

/** `set-aside-log` streams nothing: what it brings back is a directory of each host. */
export const streamReads: readonly StreamRead[] = [
  ...(['staged', 'recovery-tool'] as const).flatMap((procedure) => [
    { procedure, step: 'choose-backup', stream: 'tasks', nth: 1 } as const,
    { procedure, step: 'preview', stream: 'tasks', nth: 1 } as const,
  ]),
  { procedure: 'staged', step: 'place-backup', stream: 'held', nth: 1 },
  { procedure: 'staged', step: 'place-backup', stream: 'upload', nth: 1 },
  { procedure: 'staged', step: 'summarise-staged', stream: 'tasks', nth: 1 },
  { procedure: 'recovery-tool', step: 'summarise-backup', stream: 'tasks', nth: 1 },
  { procedure: 'recovery-tool', step: 'summarise-backup', stream: 'tasks', nth: 2 },
  { procedure: 'recovery-tool', step: 'run-recovery-tool', stream: 'tasks', nth: 1 },
];

/** Asks `become` for every such stream, from the nth one of that step on. */
export function meddleWithStream(
  engine: PretendEngine,
  read: Pick<StreamRead, 'step' | 'stream' | 'nth'>,
  become: (host: string) => StreamFault | null,
): void {
  let runs = false;
  let opened = 0;
  engine.watching.with = (events) => {
    for (const event of events) {
      if (event.type === 'step-started') runs = event.step === read.step;
    }
  };
  engine.streaming.with = ({ host, stream }) => {
    if (!runs || stream !== read.stream) return null;
    opened += 1;
    return opened < read.nth ? null : become(host);
  };
}
