/** The commit: sent once, and settled by looking when nobody can say what became of it. */
import { expect } from 'vitest';
import { dee } from '../restore/support/office.ts';
import { Mortality } from '../restore/support/pretend-engine.ts';
import { backupTasks, frameworkId } from '../restore/support/pretend-scene.ts';
import { bo, minute } from '../restore/support/story.ts';
import { committing, losingTheAnswer, noReply, notReady, timeout } from './support/committing.ts';
import { commitGate, did, ordered, over, stuck } from './support/moments.ts';
import { approving, goingBack, nobody } from './support/people.ts';
import type { Group } from './support/scenario.ts';

export const committingGroup: Group = {
  title: 'The commit',
  scenarios: [
    {
      title: 'The reply to the commit is lost, and it was applied',
      happens: 'it is called unknown, the tasks are read back, and it completes',
      play: async (stage) => {
        committing(stage, { applied: true, answer: noReply });

        const state = await stage.completes();

        expect(state.facts.commit).toMatchObject({ answer: 'unknown' });
      },
    },
    {
      title: 'The reply to the commit is lost, and it was not applied',
      happens: 'nothing registers: it is staged again and needs new signatures',
      play: async (stage) => {
        committing(stage, { applied: false, answer: noReply });
        await stage.until(did('commit'));
        const state = await stage.until(commitGate, nobody);
        expect(state.takenBack).toMatchObject([{ code: 'commit-not-applied' }]);
        expect(state.gates.commit?.signOffs).toEqual([]);
        expect([...stage.cluster.frameworks]).toEqual([frameworkId]);

        await stage.completes();
      },
    },
    {
      title: 'The commit ends in "Timeout performing log append", and was applied',
      happens: 'it is called unknown, the tasks are read back, and it completes',
      play: async (stage) => {
        committing(stage, { applied: true, answer: timeout });

        const state = await stage.completes();

        expect(state.facts.commit?.messages).toEqual(['Timeout performing log append']);
      },
    },
    {
      title: 'The commit ends in a timeout and shows nothing, while a replica is away',
      happens:
        'that replica may still hold it: it waits for all of them before it says that it was not applied',
      play: async (stage) => {
        committing(stage, { applied: false, answer: timeout });
        await stage.until(did('commit'));
        stage.killScheduler('aurora-3');

        await stage.isStuck({
          step: 'verify-restored',
          code: 'waited-too-long',
          says: /may still hold what was committed/,
          people: nobody,
        });

        await stage.isUndone(goingBack);
      },
    },
    {
      title: 'The commit was not applied at first sight, and the replica that was away brings it after all',
      happens: 'it is not committed twice: the tasks are read back, and it completes',
      play: async (stage) => {
        committing(stage, { applied: false, answer: timeout });
        await stage.until(did('commit'));
        stage.killScheduler('aurora-3');
        await stage.until(stuck, nobody);

        stage.cluster.start(stage.host('aurora-3'));
        stage.cluster.blank.tasks = backupTasks;
        stage.cluster.blank.frameworkId = frameworkId;
        await stage.people.lookAgain(dee);

        await stage.completes({ commits: 0 });
      },
    },
    {
      title: 'The storage is not READY when the commit arrives, twice',
      happens: 'it was not sent: compared afresh, it goes out when the storage is',
      play: async (stage) => {
        committing(stage, { applied: false, answer: notReady, times: 2 });

        await stage.completes();
      },
    },
    {
      title: 'The storage never gets READY for the commit',
      happens: 'after three times a person is asked; nothing was committed, and it can be stopped',
      play: async (stage) => {
        committing(stage, { applied: false, answer: notReady, times: 99 });
        await stage.isStuck({
          step: 'commit',
          code: 'commit-not-sent',
          says: /Nothing was committed/,
        });

        await stage.people.abort(dee);

        await stage.isUndone();
      },
    },
    {
      title: "The agent's answer to the commit is lost on the way",
      happens: 'it is asked for again under the same name, and performed once',
      play: async (stage) => {
        losingTheAnswer(stage);

        const state = await stage.completes();

        expect(state.facts.commit?.answer).toBe('ok');
      },
    },
    {
      title: 'The bot is killed while it sends the commit, and comes back in time',
      happens: 'it asks for the very same operation, which is performed once',
      given: { begun: false },
      play: async (stage) => {
        const life = new Mortality();
        await stage.engine.propose();
        await stage.engine.startWorker({ mortality: life });
        stage.engine.meddling.with = async (request, perform) => {
          const result = await perform();
          if (request.kind === 'commit-recovery') life.die();
          return result;
        };
        await stage.engine.until('the kill', () => !life.isAlive, approving);

        await stage.engine.startWorker();

        await stage.completes();
      },
    },
    {
      title: 'The bot is killed before the commit went out, and comes back when the signatures are over',
      happens: 'it does not send it then: it is found not applied, and has to be signed again',
      given: { begun: false },
      play: async (stage) => {
        const life = new Mortality();
        await stage.engine.propose();
        await stage.engine.startWorker({ mortality: life });
        stage.engine.meddling.with = async (request, perform) => {
          if (request.kind === 'commit-recovery') life.die();
          return life.isAlive ? await perform() : await new Promise(() => undefined);
        };
        await stage.engine.until('the kill', () => !life.isAlive, approving);
        stage.engine.meddling.with = null;
        stage.engine.clock.pass(16 * minute);

        await stage.engine.startWorker();
        const state = await stage.until(commitGate, nobody);

        expect(state.takenBack).toMatchObject([{ code: 'commit-not-applied' }]);
        expect(state.gates.commit?.signOffs).toEqual([]);
        expect(stage.performed('commit-recovery')).toEqual([]);
        await stage.completes();
      },
    },
    {
      title: 'An agent is away from the order on, until the signatures are over',
      happens: 'nothing is sent on signatures that do not stand any more, and it can be stopped',
      play: async (stage) => {
        await stage.until(ordered);
        stage.lose('agent');
        await stage.isStuck({ step: 'commit', code: 'agent-unreachable' });
        await stage.passes(16 * minute);
        stage.mend('agent');

        await stage.people.lookAgain(bo);
        await stage.isStuck({ step: 'commit', code: 'sign-offs-over', people: nobody });

        expect(stage.performed('commit-recovery')).toEqual([]);
        await stage.people.abort(dee);
        await stage.isUndone();
      },
    },
    {
      title: 'The restored tasks that are read back are not the signed ones',
      happens: 'it stops, isolated as it is, and going back is clean',
      play: async (stage) => {
        stage.whenBegins('verify-restored', () => {
          stage.cluster.blank.tasks = backupTasks.slice(1);
        });
        await stage.isStuck({
          step: 'verify-restored',
          code: 'restored-differs',
          says: /3 tasks that are not the signed ones/,
        });

        await stage.isUndone(goingBack);
      },
    },
    {
      title: 'The recovery tool fails twice',
      happens: 'each time its log is set aside and a new one filled, under the same signatures',
      given: { procedure: 'recovery-tool' },
      play: async (stage) => {
        let runs = 0;
        stage.engine.meddling.with = async (request, perform) => {
          if (request.kind !== 'run-recovery-tool') return await perform();
          runs += 1;
          if (runs > 2) return await perform();
          const { operationId, kind } = request;
          stage.host('aurora-2').log = { name: 'partly filled', tasks: [], frameworkId: null };
          return {
            operationId,
            kind,
            state: 'failed',
            message: 'It ended with 1.',
            hint: 'Look.',
            finishedAt: 0,
          };
        };

        const state = await stage.completes();

        expect(state.facts['run-recovery-tool']).toMatchObject({ runs: 3 });
        expect(stage.host('aurora-2').logsMovedAway).toHaveLength(2);
        const events = await stage.engine.events();
        expect(events.filter((event) => event.type === 'commit-ordered')).toHaveLength(1);
      },
    },
    {
      title: 'The recovery tool never succeeds',
      happens: 'after three runs a person is asked; stopped, everything is put back',
      given: { procedure: 'recovery-tool' },
      play: async (stage) => {
        stage.engine.meddling.with = async (request, perform) => {
          if (request.kind !== 'run-recovery-tool') return await perform();
          const { operationId, kind } = request;
          return {
            operationId,
            kind,
            state: 'failed',
            message: 'It ended with 1.',
            hint: 'Look.',
            finishedAt: 0,
          };
        };
        await stage.isStuck({ step: 'run-recovery-tool', code: 'recovery-tool-failed' });

        await stage.people.abort(dee);

        await stage.isUndone();
      },
    },
    {
      title: 'An agent is at an operation for two minutes, and then does not answer for ten seconds',
      happens:
        'its silence counts from its last answer: it is waited for, and the operation is performed once',
      play: async (stage) => {
        const { engine, cluster } = stage;
        let begunAt: number | null = null;
        engine.meddling.with = async (request, perform) => {
          const { operationId, kind } = request;
          if (kind !== 'stage-backup') return await perform();
          begunAt ??= engine.clock.now();
          const ms = engine.clock.now() - begunAt;
          if (ms < 2 * minute) return { operationId, kind, state: 'running' };
          cluster.host('aurora-1').agentUp = ms >= 2 * minute + 10_000;
          return await perform();
        };

        await stage.completes();

        const events = await engine.events();
        expect(events.filter((event) => event.type === 'step-failed')).toEqual([]);
        expect(stage.performed('stage-backup')).toHaveLength(1);
      },
    },
    {
      title: 'An agent says for twenty minutes that it is still at the commit',
      happens:
        'it does not wait for ever: it stops and names the host; when the agent is through, it goes on',
      play: async (stage) => {
        let isAtIt = true;
        stage.engine.meddling.with = async (request, perform) => {
          if (request.kind !== 'commit-recovery' || !isAtIt) return await perform();
          const { operationId, kind } = request;
          return { operationId, kind, state: 'running' };
        };
        await stage.isStuck({
          step: 'commit',
          code: 'operation-does-not-end',
          says: /aurora-1 has been at commit-recovery for 20 minutes/,
        });
        isAtIt = false;

        const state = await stage.until(over, (service, seen) =>
          seen.stuck === null || seen.stuck.code === 'sign-offs-over'
            ? approving(service, seen)
            : service.take('look-again', { restoreId: 'R1', userId: dee.userId }),
        );

        expect(state.ended?.outcome).toBe('completed');
        stage.didEverythingOnce();
      },
    },
  ],
};
