/**
 * What comes too late, and what finds nobody there: sign-offs after their time, an agent that does not answer, a cluster
 * that nobody leads. One drill world with short times; each case ends what it began.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cast } from '../../src/drill/world/cast.ts';
import type { DrillWorld } from '../../src/drill/world/world.ts';
import { signalScheduler, wantStopped } from '../../src/pretend-aurora/host/scheduler-service.ts';
import { openDrill, readJournal } from './support/drill.ts';
import { hasButton, SlackPeople } from './support/slack-people.ts';
import { compareWith, lookAt, untouched } from './support/untouched.ts';

const { ana, bo, cy, dana } = cast;
let world: DrillWorld;
let people: SlackPeople;
let stop: () => Promise<void> = () => Promise.resolve();

beforeAll(async () => {
  ({ world, stop } = await openDrill({
    overrides: { policy: { signOffTtl: '8s', commitWindow: '8s' }, waits: { agentDeadline: '3s' } },
  }));
  people = new SlackPeople(world.slack.url);
}, 120_000);
afterAll(async () => {
  await stop();
}, 60_000);

describe('a sign-off that comes too late', { timeout: 120_000 }, () => {
  it('at the stop ends the restore, and the form that was open is told so', async () => {
    const before = await lookAt(world);
    const card = await people.propose(ana);
    await people.press(cy, card, 'approve-stop');
    const late = await people.untilForm(cy, 'approve');

    const ended = await people.untilEnded(card);
    const answer = await people.answerTo(cy, () => people.submit(cy, late, { comment: 'go' }));

    expect(ended.plain).toContain('Nobody approved in time; no host was touched.');
    const expired = await people.untilInThread(card, 'has run out');
    expect(expired.plain).toBe(
      'The time for stopping the schedulers has run out (0 sign-offs given).\nNothing was touched. Another proposal starts with /aurora restore.',
    );
    expect((await people.lastInChannel(card)).plain).toMatch(
      /^The restore of east ran out of time \(\d\d:\d\d UTC\)\. Nobody approved in time; no host was touched\./,
    );
    expect(answer).toMatch(/^R\d+ has ended: expired\.\n\/aurora restore starts another one\.$/);
    expect((await people.thread(card)).filter((message) => hasButton(message, 'approve-stop'))).toEqual([]);
    expect(await compareWith(world, before)).toEqual(untouched);
  });

  it('at the commit counts no more: nothing is committed, and putting back leaves all as it was', async () => {
    const before = await lookAt(world);
    const card = await people.propose(ana);
    await people.decide(bo, card, { actionId: 'approve-stop', form: 'approve', values: {} });
    await people.decide(bo, card, { actionId: 'sign-off-commit', form: 'approve', values: {} });

    const expired = await people.untilInThread(card, 'The time for the commit has run out');
    await people.decide(dana, card, {
      actionId: 'abort',
      form: 'abort',
      values: { reason: 'nobody is here' },
    });
    await people.untilEnded(card);

    expect(expired.plain).toBe(
      'The time for the commit has run out (1 sign-off given).\nNothing was committed. Earlier sign-offs no longer count.',
    );
    expect(JSON.stringify(readJournal(world))).not.toContain('commit-recovery');
    expect(await compareWith(world, before)).toEqual({ ...untouched, effects: false });
  });
});

describe('a cluster that nobody leads', { timeout: 120_000 }, () => {
  it('is said to have none, with what to do; a restore can be proposed all the same, and declined', async () => {
    for (const { directory } of world.hosts) {
      wantStopped(directory);
      await signalScheduler(directory, { signal: 'SIGTERM', waitMs: 10_000 });
    }
    await people.until('the candidates to go', async () => {
      const nodes = world.zookeeper.dump().filter(({ ephemeralOwner }) => ephemeralOwner !== null);
      return nodes.length === 0 ? true : null;
    });
    const before = await lookAt(world);

    const answer = await people.command(ana, '/aurora leader');
    const card = await people.propose(ana);
    await people.decide(bo, card, { actionId: 'decline-stop', form: 'decline', values: { reason: 'later' } });
    await people.untilEnded(card);

    expect(answer).toMatch(
      /^Nobody leads east\. ZooKeeper answers; no candidate waits: no scheduler runs, or none reaches/,
    );
    expect(answer).toContain(
      'No scheduler runs on aurora-1, aurora-2 and aurora-3. Start the schedulers first. If one leads after a minute, you need no restore.',
    );
    expect(await compareWith(world, before)).toEqual(untouched);
  });
});

describe('an agent that does not answer', { timeout: 120_000 }, () => {
  it('is named in the list of backups, and ends a proposal before anybody is asked', async () => {
    const before = await lookAt(world);
    await world.programs.find(({ name }) => name === 'agent aurora-3')?.stop();

    const list = await people.command(ana, '/aurora backups');
    await people.submit(ana, await people.openProposal(ana), { reason: 'log corrupt' });
    const card = await people.until('the card', async () => (await people.cards())[3] ?? null);
    const ended = await people.untilEnded(card);

    expect(list).toMatch(/3 hosts asked, 2 answered/);
    expect(list).toContain('aurora-3');
    expect(ended.plain).toMatch(
      /Ended at \d\d:\d\d UTC: failed\. The agent of aurora-3 does not answer.* Check whether the agent runs on aurora-3/,
    );
    expect((await people.lastInChannel(card)).plain).toContain('The restore of east ended without success');
    expect((await people.thread(card)).filter((message) => hasButton(message, 'approve-stop'))).toEqual([]);
    expect(await compareWith(world, before)).toEqual(untouched);
  });
});
