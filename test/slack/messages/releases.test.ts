/** What differs from release to release is said for the release that runs. */
import { describe, expect, it } from 'vitest';
import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import type { RestoreState } from '../../../src/restore/record/state.ts';
import { timersOf } from '../../../src/restore/rules/reconciliation-timers.ts';
import type { Message } from '../../../src/slack/blocks.ts';
import { letReconcileDialogue } from '../../../src/slack/decisions/let-reconcile.ts';
import { renderCard } from '../../../src/slack/messages/card.ts';
import { renderCost } from '../../../src/slack/messages/cost.ts';
import { renderSecondLook } from '../../../src/slack/messages/gates.ts';
import { fullPlanView } from '../../../src/slack/views/full-plan.ts';
import { bo, startedAt, stateOf, untilLook } from '../../restore/support/story.ts';

const released: RestoreEvent & { type: 'release-ordered' } = { type: 'release-ordered', person: bo };

/** At the second look of a restore of that release, on hosts with these flags. */
function atLook(release: {
  auroraVersion: string;
  flags?: Record<string, string>;
  reconciliation?: 'timers';
  dump?: boolean;
  counted?: boolean;
}): RestoreState {
  const { auroraVersion, flags = {}, reconciliation, dump = false, counted = true } = release;
  return stateOf([
    ...untilLook().map((event): RestoreEvent => {
      if (event.type === 'restore-proposed') {
        const policy = { ...event.policy, ...(reconciliation !== undefined && { reconciliation }) };
        return { ...event, auroraVersion, policy };
      }
      if (event.type !== 'step-completed') return event;
      if (event.step === 'check-hosts') {
        const reconciliationTimers = timersOf(auroraVersion, flags);
        return { ...event, facts: { ...event.facts, reconciliationTimers } };
      }
      if (event.step !== 'choose-backup') return event;
      const writer = { version: null, lifetime: {}, storesOnlyInDump: dump };
      const report = { ...event.facts.report, writer, ...(!counted && { quotas: 0, cronJobs: 0 }) };
      return { ...event, facts: { ...event.facts, report } };
    }),
  ]);
}

/** What its preview told. */
function costOf(state: RestoreState): Message {
  if (state.facts.preview === undefined) throw new Error('at the look there was a preview');
  return renderCost(state.facts.preview, state);
}

/** Everything that speaks of what comes when it is let go. */
function saidOf(state: RestoreState): readonly string[] {
  return [
    JSON.stringify(renderSecondLook({ at: state, latest: state }).blocks),
    JSON.stringify(fullPlanView(state)),
    JSON.stringify(letReconcileDialogue.reply(released, { at: startedAt, state }).blocks),
    JSON.stringify(
      renderCard({
        state: {
          ...state,
          look: {
            until: 0,
            askedAt: 0,
            remindedAt: null,
            released: bo,
            stopped: false,
            releaseSigned: null,
            unclean: false,
            trafficBy: null,
          },
        },
        progress: null,
      }).blocks,
    ),
  ];
}

describe('letting it reconcile', () => {
  it.each([
    ['0.8.0', {}, /killed and started again within about 1 h/],
    ['0.8.0', { executor_gc_interval: '20mins' }, /within about 20 min/],
    ['0.9.0', {}, /started again about 60 s after that, and killed after about 31 min/],
    ['0.12.0', { reconciliation_schedule_spread: '90mins' }, /killed after about 1 h 31 min/],
    ['0.15.0', { reconciliation_initial_delay: '5mins' }, /about 5 min after that, .* about 35 min/],
  ])('%s with %o restarts all schedulers, and says how long their timers take', (version, flags, words) => {
    for (const text of saidOf(atLook({ auroraVersion: version, flags }))) {
      expect(text).toMatch(/All schedulers restart/);
      expect(text).toMatch(words);
    }
  });

  it('says the same where the policy leaves it to the timers', () => {
    for (const text of saidOf(atLook({ auroraVersion: '0.22.0', reconciliation: 'timers' })))
      expect(text).toMatch(/All schedulers restart.* killed after about 31 min/);
  });

  it.each(['0.16.0', '0.22.0'])('%s is asked to, and nothing restarts', (auroraVersion) => {
    for (const text of saidOf(atLook({ auroraVersion }))) expect(text).not.toMatch(/All schedulers restart/);
  });
});

describe('what else a restore undoes', () => {
  it.each(['0.17.0', '0.18.0'])('%s brings back what is in the SQL dump alone, and says so', (version) => {
    const { text } = costOf(atLook({ auroraVersion: version, dump: true, counted: false }));

    expect(text).toMatch(/Quotas, updates and host attributes come back too, from its SQL dump/);
    expect(text).not.toMatch(/The backup has none of them/);
  });

  it('says nothing of a dump where everything can be counted', () => {
    const { text } = costOf(atLook({ auroraVersion: '0.17.0' }));

    expect(text).not.toMatch(/SQL dump/);
    expect(text).toMatch(/come back: 2 cron jobs, 6 quotas/);
  });
});
