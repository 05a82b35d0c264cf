/** The worker's part, one decision at a time: steps go well by themselves, everything else is the product's. */
import { AuroraError } from '../../../src/aurora/errors.ts';
import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import { hasTouchedHosts, type RestoreState } from '../../../src/restore/record/state.ts';
import { decideNext, holdCommitBack, passesCommit } from '../../../src/restore/rules/next.ts';
import { lookUpSigners } from '../../../src/restore/service/signers.ts';
import { completed } from './facts.ts';
import type { Office } from './office.ts';

/** Does the one next thing; false when there is nothing to do now, or somebody was faster. */
export async function workOnce(office: Office, options: { fails?: boolean } = {}): Promise<boolean> {
  const state = await office.state();
  const events = await eventsDue(office, { state, fails: options.fails ?? false });
  if (events.length === 0) return false;
  try {
    await office.store.append({
      restoreId: state.restoreId,
      expectedSeq: state.seq,
      at: office.clock.now(),
      events,
      ends: events.at(-1)?.type === 'restore-ended',
    });
    return true;
  } catch (error) {
    if (error instanceof AuroraError && error.code === 'journal-moved') return false;
    throw error;
  }
}

/** Works until a person, the clock or nobody is waited for. */
export async function workOn(office: Office): Promise<void> {
  while (await workOnce(office)) {
    // All of it is in the condition.
  }
}

async function eventsDue(
  office: Office,
  work: { state: RestoreState; fails: boolean },
): Promise<readonly RestoreEvent[]> {
  const { state, fails } = work;
  const next = decideNext(state, office.clock.now());
  switch (next.kind) {
    case 'rest':
    case 'wait':
      return [];
    case 'append': {
      if (!passesCommit(next.events)) return next.events;
      const signers = next.events.flatMap((event) => (event.type === 'gate-passed' ? event.signers : []));
      const seen = await lookUpSigners(office, { state, gate: 'commit', signers });
      return holdCommitBack(state, { events: next.events, seen, now: office.clock.now() });
    }
    case 'run': {
      const { step } = next;
      const started: RestoreEvent = {
        type: 'step-started',
        step,
        attempt: (state.runs[step]?.attempt ?? 0) + 1,
      };
      if (!fails) return [started, completed(step)];
      const failed: RestoreEvent = { type: 'step-failed', step, code: 'x', message: 'No.', hint: 'Look.' };
      const ended: RestoreEvent = { type: 'restore-ended', outcome: 'failed', message: 'No.' };
      return hasTouchedHosts(state) || step === 'stop-schedulers'
        ? [started, failed]
        : [started, failed, ended];
    }
  }
}
