/** The steps that read all tasks of a cluster. Of a large one they run in a thread of their own. */
import type { StepName } from '../record/facts.ts';
import { captureLiveTasks } from '../steps/capture-live-tasks.ts';
import { chooseBackup } from '../steps/choose-backup.ts';
import { preview } from '../steps/preview.ts';
import { readOldState } from '../steps/read-old-state.ts';
import { secondLook } from '../steps/second-look.ts';
import { summariseBackup } from '../steps/summarise-backup.ts';
import { summariseStaged } from '../steps/summarise-staged.ts';

export const longSteps = {
  'choose-backup': chooseBackup,
  'capture-live-tasks': captureLiveTasks,
  preview,
  'summarise-staged': summariseStaged,
  'summarise-backup': summariseBackup,
  'read-old-state': readOldState,
  'second-look': secondLook,
} as const;

export type LongStep = keyof typeof longSteps;

export function isLong(step: StepName): step is LongStep {
  return step in longSteps;
}
