/** What the engine writes when somebody meddles: from plays over the pretend cluster, so that the words are its own. */
import type { EventOf } from '../../src/restore/record/events.ts';
import { bothSigned, secondLook, stuck } from '../scenarios/support/moments.ts';
import { hesitating, nobody } from '../scenarios/support/people.ts';
import { openStage, type Stage } from '../scenarios/support/stage.ts';

/** A stranger reconciles while people look. */
export async function playNotice(): Promise<EventOf<'noticed'>> {
  await using stage = await openStage({});
  await stage.until(secondLook, hesitating);
  stage.cluster.askToReconcile('explicit');
  stage.cluster.askToReconcile('implicit');
  await stage.until({ name: 'a notice', isSo: ({ notices }) => notices.length > 0 }, hesitating);
  return await lastOf(stage, 'noticed');
}

/** A stranger unloads what people are signing. */
export async function playForeignHand(): Promise<EventOf<'foreign-hand'>> {
  await using stage = await openStage({});
  await stage.until(bothSigned);
  stage.host('aurora-1').staged = null;
  await stage.until(stuck, nobody);
  return await lastOf(stage, 'foreign-hand');
}

/** The elected scheduler is killed while people sign. */
export async function playRewind(): Promise<EventOf<'taken-back'>> {
  await using stage = await openStage({});
  await stage.until(bothSigned);
  stage.killScheduler('aurora-1');
  await stage.until({ name: 'a rewind', isSo: ({ takenBack }) => takenBack.length > 0 }, nobody);
  return await lastOf(stage, 'taken-back');
}

async function lastOf<T extends 'noticed' | 'foreign-hand' | 'taken-back'>(
  stage: Stage,
  type: T,
): Promise<EventOf<T>> {
  const found = (await stage.engine.events()).findLast((event): event is EventOf<T> => event.type === type);
  if (found === undefined) throw new Error(`nothing was ${type}`);
  return found;
}
