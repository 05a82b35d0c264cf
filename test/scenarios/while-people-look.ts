/** While people look at the restored cluster, or at a plan, somebody restarts, reconciles or edits: said at once, and no clock goes on. */
import { expect } from 'vitest';
import { dee } from '../restore/support/office.ts';
import { minute } from '../restore/support/story.ts';
import { over, secondLook, stopGate } from './support/moments.ts';
import { approving, goingBack, hesitating, nobody } from './support/people.ts';
import type { Group, Scenario } from './support/scenario.ts';
import type { Stage } from './support/stage.ts';

const procedures = ['staged', 'recovery-tool'] as const;
type Procedure = (typeof procedures)[number];

const noticed = (count: number) => ({
  name: `${count} notices`,
  isSo: (state: Awaited<ReturnType<Stage['until']>>) => state.notices.length >= count || state.ended !== null,
});

function restart(stage: Stage, name: string): void {
  stage.killScheduler(name);
  stage.cluster.start(stage.host(name));
}

const overEach = (of: (procedure: Procedure) => Scenario): readonly Scenario[] => procedures.map(of);

const restarted = (procedure: Procedure): Scenario => ({
  title: `An administrator restarts all schedulers during the second look, ${procedure} procedure`,
  happens:
    'the hold is in their flag files: nothing is killed; it is said, the clock stops, and going back is still clean',
  given: { procedure },
  play: async (stage) => {
    await stage.until(secondLook, hesitating);
    const live = [...stage.cluster.live.keys()];
    for (const { name } of stage.cluster.hosts) restart(stage, name);

    await stage.until(noticed(1), hesitating);
    const state = await stage.passes(120 * minute, hesitating);

    expect(state.notices.map(({ message }) => message).join(' ')).toMatch(
      /aurora-2 was started again, with reconciliation still held/,
    );
    expect(state.look).toMatchObject({ released: null, stopped: true, unclean: false });
    expect([...stage.cluster.live.keys()]).toEqual(live);
    await stage.isUndone(goingBack);
  },
});

const reconciled = (procedure: Procedure): Scenario => ({
  title: `A stranger lets it reconcile during the second look, ${procedure} procedure`,
  happens: 'it is said with what was killed and started; going back is no longer clean, and no clock goes on',
  given: { procedure },
  play: async (stage) => {
    await stage.until(secondLook, hesitating);
    stage.cluster.askToReconcile('explicit');
    stage.cluster.askToReconcile('implicit');

    await stage.until(noticed(1), hesitating);
    const state = await stage.passes(120 * minute, hesitating);

    expect(state.look).toMatchObject({ released: null, stopped: true, unclean: true });
    expect(state.notices.at(0)?.message).toMatch(
      /aurora-\d has reconciled, and this restore did not ask for it/,
    );
    const hints = (await stage.engine.events()).flatMap((event) =>
      event.type === 'noticed' ? [event.hint] : [],
    );
    expect(hints[0]).toMatch(/no longer clean: since the look began 1 task has ended and 1 has started/);
    await stage.completes();
  },
});

export const whilePeopleLook: Group = {
  title: 'While people look',
  scenarios: [
    ...overEach(restarted),
    ...overEach(reconciled),
    {
      title: 'The leader is killed during the second look',
      happens: 'who leads instead is said, and the card does not go on by itself until somebody has answered',
      play: async (stage) => {
        await stage.until(secondLook, hesitating);
        const leader = stage.leader?.name ?? '';
        restart(stage, leader);

        const state = await stage.until(
          {
            name: 'another leader',
            isSo: ({ picture }) => picture?.leader !== leader && picture?.leader != null,
          },
          hesitating,
        );

        expect(state.notices.map(({ message }) => message).join(' ')).toMatch(
          new RegExp(`${leader} was started again.*${state.picture?.leader ?? ''} leads now`),
        );
        expect(state.look?.stopped).toBe(true);
        await stage.completes();
      },
    },
    {
      title: 'Something changes during the second look, and somebody asks for more time',
      happens: 'that is an answer: the clock goes on, and ends the look',
      play: async (stage) => {
        await stage.until(secondLook, hesitating);
        restart(stage, 'aurora-3');
        await stage.until(noticed(1), hesitating);

        await stage.people.extendLook(dee, 30 * minute);

        const state = await stage.until(over, hesitating);
        expect(state.look).toMatchObject({ released: 'time', stopped: false });
        expect(state.ended?.outcome).toBe('completed');
      },
    },
    {
      title: 'Configuration management rewrites a flag file during the second look',
      happens: 'it is said which; whoever lets it reconcile then does, and the file is as before',
      play: async (stage) => {
        await stage.until(secondLook, hesitating);
        const host = stage.host('aurora-3');
        host.flags = host.flagsAside ?? host.flags;

        const state = await stage.until(noticed(1), hesitating);

        expect(state.notices[0]?.message).toBe('Somebody else changed the flag file of aurora-3.');
        await stage.completes();
      },
    },
    {
      title: 'Configuration management rewrites the flag file, and the scheduler is restarted with it',
      happens: 'it is said that it runs without the hold; what its timers do is said too',
      play: async (stage) => {
        await stage.until(secondLook, hesitating);
        for (const host of stage.cluster.hosts) {
          host.flags = host.flagsAside ?? host.flags;
          restart(stage, host.name);
        }

        const state = await stage.until(
          { name: 'a reconciliation', isSo: ({ look }) => look?.unclean === true },
          hesitating,
        );

        expect(state.notices.map(({ message }) => message).join(' ')).toMatch(
          /started again without the hold: its own timers let it reconcile.*has reconciled, and this restore did not ask/,
        );
        expect(state.look?.released).toBeNull();
      },
    },
    {
      title: 'An agent and ZooKeeper do not answer for a while during the second look',
      happens: 'nobody is accused of anything, and the look goes on',
      play: async (stage) => {
        await stage.until(secondLook, hesitating);
        stage.lose('agent');
        stage.lose('ZooKeeper');
        await stage.passes(2 * minute, nobody);
        stage.mend('agent');
        stage.mend('ZooKeeper');

        const state = await stage.passes(minute, nobody);

        expect(state.notices).toEqual([]);
        await stage.completes();
      },
    },
    {
      title: 'Two people read the plan, and the leader changes',
      happens: 'it is said before anybody approves; nothing was touched',
      play: async (stage) => {
        await stage.until(stopGate, nobody);
        restart(stage, stage.leader?.name ?? '');

        const state = await stage.until(
          { name: 'another leader', isSo: ({ picture }) => picture?.leader === 'aurora-2' },
          nobody,
        );

        expect(state.notices.map(({ message }) => message).join(' ')).toMatch(
          /aurora-1 was started again.*aurora-2 leads now/,
        );
        expect(stage.engine.effects.map(({ kind }) => kind)).toEqual(['hold-backup']);
        await stage.completes({ people: approving });
      },
    },
    {
      title: 'The master restarts in the second in which it is let reconcile',
      happens: 'both runs were counted and nothing happened: it is asked again, and ends as predicted',
      play: async (stage) => {
        await stage.until(secondLook, hesitating);
        stage.cluster.masterForgets = 2;

        const state = await stage.completes();

        expect(state.facts.soak).toMatchObject({ bothRan: true, asPredicted: true });
        expect(stage.performed('reconcile-implicit')).toHaveLength(2);
      },
    },
    {
      title: 'A stranger asks to reconcile before the restored scheduler has registered',
      happens: 'its counters rise and nothing comes of it: ours is told apart, and runs',
      play: async (stage) => {
        stage.whenBegins('second-look', () => {
          stage.cluster.reconciliations.explicit = 1;
          stage.cluster.reconciliations.implicit = 1;
        });

        const state = await stage.completes();

        expect(state.facts.soak).toMatchObject({ bothRan: true, asPredicted: true });
        expect(state.notices).toEqual([]);
      },
    },
  ],
};
