/** A reconciliation that nobody hears: asked for before registration, or while the master is away (aurora.md 16). */
import { afterEach, describe, expect, it } from 'vitest';
import { simulatedReleaseOf } from '../../../src/pretend-aurora/release/simulated-release.ts';
import { recallDay } from '../../../src/pretend-aurora/scheduler/scene/recorded-day.ts';
import { until } from './support/drill-cluster.ts';
import { type LoneScheduler, startLoneScheduler, untilLeading } from './support/lone-scheduler.ts';
import { callScheduler } from './support/scheduler-call.ts';
import { startTrio } from './support/trio.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function askForBoth(url: string): Promise<string[]> {
  const explicit = await callScheduler(url, 'triggerExplicitTaskReconciliation', { settings: {} });
  const implicit = await callScheduler(url, 'triggerImplicitTaskReconciliation', {});
  return [explicit.code, implicit.code];
}

async function runs(url: string): Promise<[unknown, unknown]> {
  const vars = (await (await fetch(`${url}/vars.json`)).json()) as Record<string, unknown>;
  return [vars['reconciliation_explicit_runs'], vars['reconciliation_implicit_runs']];
}

/** What the master has seen of tasks. */
function eventsOf({ master }: LoneScheduler): Record<string, number> {
  const kinds = master.events().map(({ kind }) => kind);
  const count = (kind: string): number => kinds.filter((each) => each === kind).length;
  return { killed: count('killed'), lost: count('lost'), registered: count('registered') };
}

describe('a reconciliation that nobody hears', () => {
  it('is answered OK and counted by a scheduler that waits for its registration, and nothing happens', async () => {
    const trio = await startTrio();
    stops.push(() => trio.close());
    const elected = await trio.findReady();

    const answers = await askForBoth(elected.url);

    expect(answers).toEqual(['OK', 'OK']);
    expect(await runs(elected.url)).toEqual([1, 1]);
    expect(trio.master.events()).toEqual([]);
  });

  it('is answered OK and counted while the master is away, and nobody makes up for it', async () => {
    const story = recallDay({ nowMs: Date.now(), seed: 'test', release: simulatedReleaseOf('0.22.0') });
    const lone = await startLoneScheduler({
      clusterName: 'east',
      flags: ['-reconciliation_initial_delay=365days'],
      log: [{ kind: 'snapshot', snapshot: story.atBackup }],
      mesos: story.mesos,
    });
    stops.push(() => lone.close());
    await untilLeading(lone);

    lone.master.setAway(true);
    const unheard = await askForBoth(lone.url);
    const counted = await runs(lone.url);
    lone.master.setAway(false);
    await until('the scheduler to register again', () => eventsOf(lone)['registered'] === 2);
    const between = eventsOf(lone);
    const heard = await askForBoth(lone.url);
    await until('the unknown tasks to be killed', () => eventsOf(lone)['killed'] === 3);

    expect(unheard).toEqual(['OK', 'OK']);
    expect(counted).toEqual([1, 1]);
    expect(between).toEqual({ killed: 0, lost: 0, registered: 2 });
    expect(heard).toEqual(['OK', 'OK']);
    // What was asked for first would have been heard first: the counts are those of one reconciliation.
    expect(eventsOf(lone)).toEqual({ killed: 3, lost: 4, registered: 2 });
  });
});
