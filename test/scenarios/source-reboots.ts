/** The host with the backup reboots while a step reads its file: away in the middle of a stream, and back within the deadline. */
import { expect } from 'vitest';
import { backupTasks } from '../restore/support/pretend-scene.ts';
import { bo } from '../restore/support/story.ts';
import { meddleWithStream, type StreamRead, streamReads } from '../restore/support/streams.ts';
import { placeOf, rowOf } from './losing/words.ts';
import { commitGate } from './support/moments.ts';
import type { Group, Scenario } from './support/scenario.ts';
import type { Stage } from './support/stage.ts';

const source = 'aurora-2';
const bootMs = 20_000;

/** Its agent and its scheduler are gone at once, and both are back after a boot. */
function reboot(stage: Stage): void {
  const host = stage.host(source);
  const ran = host.service === 'running';
  stage.lose('host', source);
  void stage.engine.clock.sleep(bootMs).then(() => {
    stage.mend('host', source);
    if (ran) stage.cluster.start(host);
  });
}

function rebooting(read: StreamRead): Scenario {
  const { procedure, step } = read;
  const isEdited = step === 'summarise-staged';
  return {
    title: `${source} reboots ${placeOf(step)}, ${procedure}`,
    happens:
      'the file is read again from its beginning once the agent answers, and nobody is asked for anything',
    cell: { row: rowOf(step), column: `\`${procedure}\``, says: 'waits' },
    given: { procedure, begun: false },
    play: async (stage) => {
      const { engine } = stage;
      let reboots = 0;
      meddleWithStream(engine, read, () => {
        reboots += 1;
        if (reboots > 1) return null;
        reboot(stage);
        return { passes: 1, silent: false };
      });
      await engine.propose();
      await engine.startWorker();
      if (isEdited) {
        await stage.until(commitGate);
        await stage.people.leaveOut(bo, [backupTasks[0]?.taskId ?? '']);
      }

      await stage.completes();

      expect(reboots).toBeGreaterThan(1);
      expect((await engine.events()).filter(({ type }) => type === 'step-failed')).toEqual([]);
    },
  };
}

/** In the last stream of each step; all of them, and their other ways to break, are in test/restore/steps/streams.test.ts. */
export const sourceReboots: Group = {
  title: 'The host with the backup reboots while its file is read',
  scenarios: streamReads
    .filter(({ stream }) => stream !== 'upload')
    .filter(
      (read, index, all) =>
        index ===
        all.findLastIndex(({ procedure, step }) => procedure === read.procedure && step === read.step),
    )
    .map(rebooting),
};
