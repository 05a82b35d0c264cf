/** Two clusters under one bot: what happens to one does not concern the other, and each has one restore at a time. */
import { expect } from 'vitest';
import type { RestoreState } from '../../src/restore/record/state.ts';
import { dee } from '../restore/support/office.ts';
import { ana, cy, minute } from '../restore/support/story.ts';
import { createDeciding } from './support/deciding.ts';
import { bothSigned, commitGate, over, stuck } from './support/moments.ts';
import { approving, nobody } from './support/people.ts';
import type { Group } from './support/scenario.ts';
import type { Stage } from './support/stage.ts';

/** Restores of both clusters: `R1` is that of `east`, `R2` that of `west`. */
async function beginBoth({ engine }: Stage): Promise<void> {
  await engine.propose({ cluster: 'east' });
  await engine.propose({ cluster: 'west' });
  await engine.startWorker();
}

function west(stage: Stage) {
  const cluster = stage.engine.clusters.get('west');
  if (cluster === undefined) throw new Error('west is not on this stage');
  return cluster;
}

/** Everything that was done for one restore was done on the hosts of its cluster. */
function staysAtHome(stage: Stage): void {
  const homes = { R1: 'aurora-', R2: 'west-' };
  for (const { operationId, host } of stage.engine.effects) {
    expect(host).toContain(operationId.startsWith('R1.') ? homes.R1 : homes.R2);
  }
  stage.didEverythingOnce();
}

const both = { also: 'west', begun: false } as const;

export const severalClusters: Group = {
  title: 'Several clusters',
  scenarios: [
    {
      title: 'East and west are restored at the same time',
      happens: 'both complete, and neither touches a host of the other',
      given: both,
      play: async (stage) => {
        await beginBoth(stage);

        const first = await stage.engine.until('the end of R1', over.isSo, approving, 'R1');
        const second = await stage.engine.until('the end of R2', over.isSo, approving, 'R2');

        expect([first, second].map(({ ended }) => ended?.outcome)).toEqual(['completed', 'completed']);
        expect(
          stage
            .performed('commit-recovery')
            .map(({ operationId }) => operationId.slice(0, 2))
            .sort(),
        ).toEqual(['R1', 'R2']);
        staysAtHome(stage);
      },
    },
    {
      title: 'East is stuck without an agent while west is restored',
      happens: 'west completes, and east goes on when its agent is back',
      given: both,
      play: async (stage) => {
        stage.whenBegins('set-aside-log', () => stage.lose('agent', 'aurora-3'));
        await stage.engine.propose({ cluster: 'east' });
        await stage.engine.startWorker();
        await stage.engine.until('a problem in east', stuck.isSo, approving, 'R1');
        await stage.engine.propose({ cluster: 'west' });

        const second = await stage.engine.until('the end of R2', over.isSo, approving, 'R2');
        expect(second.ended?.outcome).toBe('completed');
        expect((await stage.engine.state('R1')).stuck?.code).toBe('agent-unreachable');

        stage.mend('agent', 'aurora-3');
        await stage.people.lookAgain(dee);
        const first = await stage.engine.until('the end of R1', over.isSo, approving, 'R1');

        expect(first.ended?.outcome).toBe('completed');
        staysAtHome(stage);
      },
    },
    {
      title: 'East is stopped at the commit while west goes on',
      happens: 'east is put back, and west completes',
      given: both,
      play: async (stage) => {
        await beginBoth(stage);
        await stage.engine.until('both sign-offs in east', bothSigned.isSo, approving, 'R1');
        await stage.people.abort(dee);

        const first = await stage.engine.until('the end of R1', over.isSo, approving, 'R1');
        const second = await stage.engine.until('the end of R2', over.isSo, approving, 'R2');

        expect([first, second].map(({ ended }) => ended?.outcome)).toEqual(['undone', 'completed']);
        expect(stage.cluster.picture()).toEqual(stage.before);
        staysAtHome(stage);
      },
    },
    {
      title: "West's ZooKeeper is away while both are restored",
      happens: 'west stops and names it, and east completes',
      given: both,
      play: async (stage) => {
        await beginBoth(stage);
        await stage.engine.until('the gate of west', commitGate.isSo, approving, 'R2');
        west(stage).zookeeperUp = false;
        await stage.engine.until('a problem in west', stuck.isSo, approving, 'R2');

        const first = await stage.engine.until('the end of R1', over.isSo, approving, 'R1');
        const second = await stage.engine.state('R2');

        expect(first.ended?.outcome).toBe('completed');
        expect(second.stuck?.code).toBe('zookeeper-unreachable');
      },
    },
    {
      title: 'Ana proposes a second restore of the same cluster',
      happens: 'it is refused, and the one that is open is named',
      play: async (stage) => {
        await stage.until(commitGate);

        await expect(stage.engine.propose()).rejects.toThrow(/R1/);

        await stage.completes();
      },
    },
    {
      title: 'Two people propose a restore of the same cluster at the same instant',
      happens: 'one of them is refused',
      given: { begun: false },
      play: async ({ engine }) => {
        const answers = await Promise.allSettled([engine.propose(), engine.propose()]);

        expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
        expect(await engine.store.listRestores({ open: true })).toHaveLength(1);
      },
    },
    {
      title: 'A restore is stuck, and somebody proposes another one of that cluster',
      happens: 'it is refused until the first one has ended, and then it is not',
      play: async (stage) => {
        stage.whenBegins('place-backup', () => stage.lose('agent'));
        await stage.until(stuck);
        await expect(stage.engine.propose()).rejects.toThrow(/R1/);
        stage.mend('agent');
        await stage.people.abort(dee);
        await stage.isUndone();

        const again: RestoreState = await stage.engine.propose();

        expect(again.restoreId).not.toBe('R1');
      },
    },
    {
      title: 'Ana presses Commit of east and types west, while both wait for it',
      happens: 'neither is committed',
      given: both,
      play: async (stage) => {
        await beginBoth(stage);
        for (const restoreId of ['R1', 'R2']) {
          await stage.engine.until('the gate', commitGate.isSo, holding, restoreId);
        }
        const east = createDeciding(stage.engine, 'R1');
        await east.sign(ana, 'commit');
        await east.sign(cy, 'commit');

        const answer = await east.commit(ana, 'west');
        await stage.engine.until('a minute', waiting(stage, minute), nobody, 'R1');

        expect(answer).toMatchObject({ ok: false, refusal: { code: 'wrong-name' } });
        expect(stage.performed('commit-recovery')).toEqual([]);
      },
    },
  ],
};

/** Everybody does their part until the commit gate. */
const holding: typeof approving = (service, state) =>
  state.gates.commit === undefined ? approving(service, state) : null;

function waiting({ engine }: Stage, ms: number): () => boolean {
  const at = engine.clock.now() + ms;
  void engine.clock.sleep(ms);
  return () => engine.clock.now() >= at;
}
