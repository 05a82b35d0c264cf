/** Moments of a restore that a scenario waits for. */
import type { GateName } from '../../../src/restore/record/events.ts';
import type { StepName } from '../../../src/restore/record/facts.ts';
import { nextItem, type RestoreState } from '../../../src/restore/record/state.ts';

export interface Moment {
  readonly name: string;
  readonly isSo: (state: RestoreState) => boolean;
}

const isAt = (state: RestoreState, gate: GateName): boolean =>
  state.phase === 'forward' && nextItem(state)?.name === gate && state.gates[gate]?.status === 'open';

export const stopGate: Moment = { name: 'the stop gate', isSo: (state) => isAt(state, 'stop') };
export const commitGate: Moment = { name: 'the commit gate', isSo: (state) => isAt(state, 'commit') };
/** Two people have signed the commit and nobody has ordered it. */
export const bothSigned: Moment = {
  name: 'both sign-offs',
  isSo: (state) =>
    isAt(state, 'commit') && state.gates.commit?.signOffs.length === 2 && state.commitOrdered === null,
};
export const ordered: Moment = {
  name: 'the order to commit',
  isSo: (state) => state.commitOrdered !== null,
};
export const secondLook: Moment = {
  name: 'the second look',
  isSo: (state) => state.look !== null && state.look.released === null,
};
/** Somebody wanted to go back, and that was not decided in time. */
export const goBackOver: Moment = {
  name: 'the end of going back',
  isSo: (state) => state.gates['go-back']?.status === 'expired',
};
export const released: Moment = {
  name: 'the release',
  isSo: (state) => state.look !== null && state.look.released !== null,
};
/** A person is needed; an end counts too, so that a play does not wait for a problem that will not come. */
export const stuck: Moment = {
  name: 'a problem',
  isSo: (state) => state.stuck !== null || state.ended !== null,
};
export const over: Moment = { name: 'the end', isSo: (state) => state.ended !== null };
/** What was staged does not hold any more, and it is staged once more. */
export const begunOnceMore: Moment = {
  name: 'the commit gate once more',
  isSo: (state) => state.takenBack.length > 0 && isAt(state, 'commit'),
};

/** A step has begun. */
export function begins(step: StepName): Moment {
  return { name: `${step} to begin`, isSo: (state) => state.current === step };
}

/** A step is done. */
export function did(step: StepName): Moment {
  return { name: `${step} to be done`, isSo: (state) => state.facts[step] !== undefined };
}
