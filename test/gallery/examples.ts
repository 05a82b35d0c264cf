/** Every message and form that the bot can send, at least once, in the order in which people live through a restore. */
import type { Group } from './example.ts';
import { backupExamples } from './examples/backups.ts';
import { committingExamples } from './examples/committing.ts';
import { endingExamples } from './examples/ending.ts';
import { lookingExamples } from './examples/looking.ts';
import { planningExamples } from './examples/planning.ts';
import { refusingExamples } from './examples/refusing.ts';
import { sayingExamples } from './examples/saying.ts';
import { secondLookExamples } from './examples/second-look.ts';
import { stoppingExamples } from './examples/stopping.ts';
import { watchingExamples } from './examples/watching.ts';

export async function collectExamples(): Promise<readonly Group[]> {
  return [
    await lookingExamples(),
    await backupExamples(),
    await planningExamples(),
    await committingExamples(),
    await secondLookExamples(),
    await stoppingExamples(),
    endingExamples(),
    await sayingExamples(),
    await refusingExamples(),
    watchingExamples(),
  ];
}
