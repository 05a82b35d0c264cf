/** Schedulers that hang: up, of no use to anybody, and started again by no supervisor. */
import { expect } from 'vitest';
import { procedures } from '../../src/restore/procedures/index.ts';
import type { ProcedureDefinition } from '../../src/restore/procedures/plan.ts';
import type { StepName } from '../../src/restore/record/facts.ts';
import { dee } from '../restore/support/office.ts';
import { committing, noReply } from './support/committing.ts';
import { begins, begunOnceMore, bothSigned, secondLook } from './support/moments.ts';
import { approving, goingBack, hesitating, nobody, signing } from './support/people.ts';
import type { Group, Scenario } from './support/scenario.ts';
import type { Stage } from './support/stage.ts';

const all = ['aurora-1', 'aurora-2', 'aurora-3'];

/** Whoever is elected goes on as if nothing was, and another one is elected. */
function outlast(stage: Stage): string {
  const { leader } = stage;
  if (leader === null) throw new Error('nobody is elected');
  stage.cluster.outlast(leader);
  return leader.name;
}

function killAll(stage: Stage): void {
  for (const name of all) stage.cluster.die(stage.host(name));
}

async function wasNoticed(stage: Stage, code: string, says: RegExp): Promise<void> {
  const { notices, takenBack } = await stage.engine.state();
  const said = [...notices, ...takenBack].filter((each) => each.code === code).map(({ message }) => message);
  expect(said.join('\n')).toMatch(says);
}

/** Where somebody is elected: all schedulers have been started before, and one is waited for. */
const elected: readonly { readonly step: StepName; readonly procedure: ProcedureDefinition }[] =
  Object.values(procedures).flatMap((procedure) => {
    const steps = procedure.plan.map(({ name }) => name);
    const first =
      steps[steps.indexOf(procedure.electsIn) - 1] === 'start-schedulers' ? [procedure.electsIn] : [];
    return [...first, 'verify-restored' as const].map((step) => ({ step, procedure }));
  });

/** Where what people read was read from a scheduler that is elected. */
const readWhileElected: readonly ProcedureDefinition[] = Object.values(procedures).filter(
  ({ watchedAtGate }) => watchedAtGate !== 'that-nothing-runs',
);

const twoElectedWhile = (step: StepName, { name: procedure }: ProcedureDefinition): Scenario => ({
  title: `ZooKeeper was away for longer than its session while "${step}" runs, ${procedure} procedure`,
  happens: 'two count as elected: the one without the election is stopped and started, and it goes on',
  given: { procedure },
  play: async (stage) => {
    await stage.until(begins(step));
    const stale = outlast(stage);

    await stage.completes({ people: approving });

    await wasNoticed(
      stage,
      'two-elected',
      new RegExp(`${stale} believes it is elected, but aurora-\\d holds the election`),
    );
  },
});

const allDeadWhile = (
  step: StepName,
  { name: procedure, restartsCommitter }: ProcedureDefinition,
): Scenario => ({
  title: `All schedulers end and their processes stay while "${step}" runs, ${procedure} procedure`,
  happens: 'they are stopped and started again, and it goes on without a person',
  given: { procedure },
  play: async (stage) => {
    await stage.until(begins(step));
    killAll(stage);

    const state = await stage.completes({ people: approving });

    // The one that took the commit is started again in any case, and is enough for an election.
    const isCommitter = step === 'verify-restored' && restartsCommitter;
    expect(state.notices.map(({ code }) => code)).toEqual(isCommitter ? [] : ['dead-but-running']);
  },
});

const twoElectedAtGate = ({ name: procedure, electsIn }: ProcedureDefinition): Scenario => ({
  title: `ZooKeeper was away for longer than its session while two people read the summary, ${procedure} procedure`,
  happens:
    'two count as elected: it says which and who holds the election, and makes it again; the signatures stand',
  given: { procedure },
  play: async (stage) => {
    await stage.until(bothSigned, signing);
    const stale = outlast(stage);

    const state = await stage.until(begunOnceMore, signing);

    expect(state.gates.commit?.signOffs).toHaveLength(2);
    expect(state.takenBack).toMatchObject([{ to: electsIn }]);
    await wasNoticed(
      stage,
      'two-elected',
      new RegExp(`${stale} believes it is elected, but aurora-\\d holds the election`),
    );
    await stage.completes();
  },
});

const allDeadAtGate = ({ name: procedure, electsIn }: ProcedureDefinition): Scenario => ({
  title: `All schedulers end and their processes stay while two people read the summary, ${procedure} procedure`,
  happens:
    'no election can come: they are stopped and started again, it is made again, and the signatures stand',
  given: { procedure },
  play: async (stage) => {
    await stage.until(bothSigned, signing);
    killAll(stage);

    const state = await stage.until(begunOnceMore, signing);

    expect(state.gates.commit?.signOffs).toHaveLength(2);
    expect(state.takenBack).toMatchObject([{ to: electsIn, code: 'dead-but-running' }]);
    await stage.completes();
  },
});

const endsWhileStaging = (then: 'stays away' | 'starts again'): Scenario => ({
  title: `The scheduler ends while it stages the backup, and ${then}`,
  happens: 'that says nothing about the backup: it is staged on whoever is elected next, and nobody is asked',
  play: async (stage) => {
    let isFirst = true;
    stage.engine.meddling.with = async (request, perform) => {
      const { operationId, kind, grant } = request;
      if (kind !== 'stage-backup' || !isFirst) return await perform();
      isFirst = false;
      stage.killScheduler(grant.payload.host);
      if (then === 'starts again') stage.cluster.start(stage.host(grant.payload.host));
      return { operationId, kind, state: 'done', changed: true, evidence: noReply, finishedAt: 0 };
    };

    const state = await stage.completes({ people: approving });

    expect(state.takenBack).toMatchObject([{ to: 'find-elected', code: 'scheduler-ended' }]);
  },
});

export const hanging: Group = {
  title: 'Schedulers that hang',
  scenarios: [
    ...readWhileElected.map(twoElectedAtGate),
    {
      title: 'ZooKeeper was away for longer than its session in the second of the commit',
      happens:
        'the stale one cannot write: it is started again, nothing was applied, and it is signed once more',
      play: async (stage) => {
        committing(stage, {
          applied: false,
          answer: { answer: 'error', messages: ['Problem performing logappend'], ms: 12 },
          aftermath: (host) => {
            host.deaf = false;
            host.stale = true;
          },
        });

        const state = await stage.completes();

        expect(state.takenBack).toMatchObject([{ code: 'commit-not-applied' }]);
      },
    },
    ...elected.map(({ step, procedure }) => twoElectedWhile(step, procedure)),
    ...elected.map(({ step, procedure }) => allDeadWhile(step, procedure)),
    ...readWhileElected.map(allDeadAtGate),
    {
      title: 'All schedulers end in the second of the commit, which was applied',
      happens: 'no answer comes; they are started again, the tasks are there, and nobody is asked',
      play: async (stage) => {
        committing(stage, { applied: true, answer: noReply, aftermath: () => killAll(stage) });

        await stage.completes({ people: approving });
      },
    },
    {
      title: 'What was committed kills every scheduler that loads it',
      given: {
        cluster: (cluster) => {
          cluster.unlivable = true;
        },
      },
      happens:
        'each is started again once; then a person is told which and how, and going back puts everything back',
      play: async (stage) => {
        await stage.isStuck({
          step: 'verify-restored',
          code: 'scheduler-hangs-again',
          says: /ended: .*started again already.*no scheduler survives what was committed\. Go back/,
        });
        await stage.isUndone(goingBack);
      },
    },
    ...(['stays away', 'starts again'] as const).map(endsWhileStaging),
    {
      title: 'The scheduler ends right before the backup is staged',
      happens: 'nothing is staged yet: whoever is elected next gets it, and nobody is asked',
      play: async (stage) => {
        stage.whenBegins('stage-backup', () => stage.killScheduler('aurora-1'));

        const state = await stage.completes({ people: approving });

        expect(state.takenBack).toMatchObject([{ to: 'find-elected', code: 'leader-moved' }]);
      },
    },
    {
      title: 'The scheduler is slow to stage, and its answer is lost',
      happens: 'it lives and holds the election, so it is waited for; nothing is staged twice',
      play: async (stage) => {
        stage.engine.meddling.with = async (request, perform) => {
          const result = await perform();
          if (request.kind !== 'stage-backup' || result.state !== 'done') return result;
          return { ...result, evidence: noReply };
        };

        const state = await stage.completes({ people: approving });

        expect(state.takenBack).toEqual([]);
        expect(stage.performed('stage-backup')).toHaveLength(1);
      },
    },
    {
      title:
        'The elected scheduler is killed and started again between the question and the answer of a look',
      happens: 'the look counts for nothing, nobody is accused, and the next one sees the restart',
      play: async (stage) => {
        await stage.until(bothSigned);
        const host = stage.host('aurora-1');
        stage.cluster.beforeAnswer = () => {
          stage.killScheduler(host.name);
          stage.cluster.start(host);
        };

        const state = await stage.until(begunOnceMore, signing);

        expect(state.takenBack).toMatchObject([{ to: 'find-elected' }]);
        expect(state.foreign).toBeNull();
        expect((await stage.engine.events()).map(({ type }) => type)).not.toContain('foreign-hand');
        await stage.completes();
      },
    },
    {
      title: 'The bot ends after it has stopped a scheduler that hangs',
      happens: 'the next one starts it',
      play: async (stage) => {
        await stage.until(begins('find-elected'));
        killAll(stage);
        let isStopped = false;
        stage.engine.meddling.with = async (request, perform) => {
          const result = await perform();
          if (
            request.operationId.includes('.find-elected.') &&
            request.kind === 'stop-scheduler' &&
            !isStopped
          ) {
            isStopped = true;
            void stage.engine.startWorker({ owner: 'another' });
          }
          return result;
        };

        await stage.completes({ people: approving });
      },
    },
    {
      title:
        'Configuration management has put its own flags back when a scheduler that hangs is to be started',
      happens: 'it is not started with them: a person is asked',
      play: async (stage) => {
        await stage.until(begins('find-elected'));
        killAll(stage);
        const host = stage.host('aurora-2');
        host.flags = host.flagsAside ?? host.flags;

        await stage.isStuck({
          step: 'find-elected',
          code: 'flags-not-set',
          says: /aurora-2.*Something rewrites the flag file/,
        });
        await stage.people.abort(dee);

        await stage.isUndone(nobody);
      },
    },
    {
      title: 'A scheduler ends while it is being put back',
      happens: 'it is stopped and started again, and everything is as before',
      play: async (stage) => {
        await stage.until(secondLook, hesitating);
        stage.whenBegins('undo-confirm-leader', () => killAll(stage));

        await stage.isUndone(goingBack);
      },
    },
  ],
};
