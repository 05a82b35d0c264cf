/** The faults that were measured on real schedulers, by their letters in Aurora's undo-and-faults table. */
import { expect } from 'vitest';
import { dee } from '../restore/support/office.ts';
import { backupTasks, predicted, runningTasks } from '../restore/support/pretend-scene.ts';
import { ana, bo, minute } from '../restore/support/story.ts';
import { committing, noReply, timeout } from './support/committing.ts';
import { begunOnceMore, bothSigned, commitGate, ordered, over, secondLook } from './support/moments.ts';
import { approving, goingBack, hesitating, lookingAgain, nobody, signing } from './support/people.ts';
import type { Group } from './support/scenario.ts';
import { isRefused } from './support/stage.ts';

export const measuredFaults: Group = {
  title: 'The measured faults, A to I',
  scenarios: [
    {
      title: 'A: it is stopped before the commit',
      happens: 'the old logs are renamed back; tasks, framework and flags are what they were',
      play: async (stage) => {
        await stage.until(bothSigned);

        await stage.people.abort(dee);

        await stage.isUndone();
        expect(stage.cluster.hosts.map(({ log }) => log?.tasks)).toEqual([
          runningTasks,
          runningTasks,
          runningTasks,
        ]);
      },
    },
    {
      title: 'A: the old log nodes are still in ZooKeeper when everything is put back',
      happens: 'it waits until they are gone before any scheduler starts',
      play: async (stage) => {
        await stage.until(bothSigned);

        await stage.people.abort(dee);

        const state = await stage.isUndone();
        expect(state.facts['undo-start-schedulers']?.waitedForLogGroupMs).toBeGreaterThan(10_000);
      },
    },
    {
      title: 'B: it is gone back from before the first reconciliation',
      happens: 'nothing was killed or started, and nothing is',
      play: async (stage) => {
        await stage.until(secondLook, hesitating);

        await stage.isUndone(goingBack);

        expect([...stage.cluster.live.keys()].sort()).toEqual(
          runningTasks.map(({ taskId }) => taskId).sort(),
        );
      },
    },
    {
      title: 'B: somebody wants to go back after the first reconciliation',
      happens: 'that is no longer clean: it takes another restore, with its own cost and signatures',
      play: async (stage) => {
        const restored = await stage.completes();
        expect(restored.facts.soak?.observed).toEqual(predicted);
        isRefused(await stage.people.goBack(bo), 'restore-ended');
        stage.cluster.fileAway('R1');

        const answer = await stage.engine.service.returnToOld({
          of: 'R1',
          channel: 'C1',
          userId: ana.userId,
          reason: 'the backup was the wrong one',
          incident: '',
        });
        const state = await stage.engine.until('the end of R2', over.isSo, approving, 'R2');

        expect(answer.ok).toBe(true);
        expect(state.facts.preview?.blast.killed).toBeGreaterThan(0);
        expect(state.gates.commit?.signOffs).toHaveLength(2);
        expect(state.ended?.outcome).toBe('completed');
      },
    },
    {
      title: 'C: the process that took the commit lives on, deaf, and still votes',
      happens: 'it is stopped and started before anything is read back',
      play: async (stage) => {
        const state = await stage.completes();

        const committer = state.facts.commit?.host;
        const kinds = stage.engine.effects
          .filter(({ operationId, host }) => host === committer && operationId.includes('.verify-restored.'))
          .map(({ kind }) => kind);
        expect(kinds).toEqual(['stop-scheduler', 'start-scheduler']);
      },
    },
    {
      title: 'C: the process that took the commit cannot be stopped',
      happens: 'nothing is read through it: it stops and says so; going back is possible once it is gone',
      play: async (stage) => {
        let isStubborn = true;
        stage.engine.meddling.with = async (request, perform) => {
          const { operationId, kind, grant } = request;
          if (kind !== 'stop-scheduler' || grant.payload.step !== 'verify-restored' || !isStubborn)
            return await perform();
          return {
            operationId,
            kind,
            state: 'failed',
            message: 'its LOCK is held',
            hint: 'Kill it.',
            finishedAt: 0,
          };
        };
        await stage.isStuck({ step: 'verify-restored', code: 'operation-failed', says: /its LOCK is held/ });
        isStubborn = false;

        await stage.isUndone(goingBack);
      },
    },
    {
      title: 'D: the quorum is lost at the commit, and the peers come back with it',
      happens: 'the timeout is not believed: all replicas up, elected and READY, the tasks are there',
      play: async (stage) => {
        committing(stage, {
          applied: true,
          answer: timeout,
          aftermath: () => {
            for (const host of ['aurora-2', 'aurora-3']) stage.killScheduler(host);
          },
        });
        const seen = await stage.isStuck({
          step: 'verify-restored',
          code: 'waited-too-long',
          says: /does not run on aurora-2 and aurora-3/,
        });
        expect(seen.facts.commit).toMatchObject({ answer: 'unknown' });

        for (const host of ['aurora-2', 'aurora-3']) stage.cluster.start(stage.host(host));

        await stage.completes();
      },
    },
    {
      title: 'D: the quorum is lost at the commit, and it never reached the peers',
      happens: 'with all replicas up and an empty store, it is staged and signed once more',
      play: async (stage) => {
        committing(stage, {
          applied: false,
          answer: timeout,
          aftermath: () => {
            for (const host of ['aurora-2', 'aurora-3']) stage.killScheduler(host);
          },
        });
        await stage.isStuck({ step: 'verify-restored', code: 'waited-too-long' });
        for (const host of ['aurora-2', 'aurora-3']) stage.cluster.start(stage.host(host));
        await stage.people.lookAgain(dee);

        const state = await stage.until(commitGate, nobody);

        expect(state.takenBack).toMatchObject([{ code: 'commit-not-applied' }]);
        expect(state.gates.commit?.signOffs).toEqual([]);
        await stage.completes();
      },
    },
    {
      title: 'E: the committing process is killed right after it applied the commit',
      happens: 'the tasks are there: it completes',
      play: async (stage) => {
        committing(stage, {
          applied: true,
          answer: noReply,
          aftermath: ({ name }) => stage.killScheduler(name),
        });

        await stage.completes();
      },
    },
    {
      title: 'E: the committing process is killed before it applied the commit',
      happens: 'nothing is there: it is staged and committed again, and that works',
      play: async (stage) => {
        committing(stage, {
          applied: false,
          answer: noReply,
          aftermath: ({ name }) => stage.killScheduler(name),
        });

        const state = await stage.completes();

        expect(state.takenBack).toMatchObject([{ code: 'commit-not-applied' }]);
      },
    },
    {
      title: "F: one host's old log was left in place, and nobody sees it yet",
      happens: 'its log does not look blank: it stops before any scheduler starts',
      play: async (stage) => {
        stage.whenBegins('initialize-log', () => {
          const host = stage.host('aurora-3');
          host.log = host.logAside;
        });
        await stage.isStuck({ step: 'initialize-log', code: 'log-not-blank', says: /aurora-3.*0 -> 295/ });
        expect(stage.performed('start-scheduler')).toEqual([]);

        await stage.people.abort(dee);

        await stage.isUndone();
      },
    },
    {
      title: "F: one host's old log comes back after the new ones were initialised",
      happens: 'the elected scheduler shows old tasks: nothing is staged, and everything is put back',
      play: async (stage) => {
        stage.whenBegins('start-schedulers', () => {
          const host = stage.host('aurora-3');
          host.log = host.logAside;
        });
        await stage.isStuck({ step: 'find-elected', code: 'old-state-visible', says: /4 tasks although/ });
        expect(stage.performed('stage-backup')).toEqual([]);

        await stage.people.abort(dee);

        await stage.isUndone();
      },
    },
    {
      title: 'G: ZooKeeper is away for 41 s while the backup is staged',
      happens: 'no process ends and the staged set stays: nobody has to sign again',
      play: async (stage) => {
        await stage.until(bothSigned);
        stage.lose('ZooKeeper');
        await stage.passes(41_000);

        stage.mend('ZooKeeper');

        const state = await stage.completes();
        expect(state.takenBack).toEqual([]);
        expect(stage.performed('stage-backup')).toHaveLength(1);
      },
    },
    {
      title: 'G: after ZooKeeper was away, two hosts say that they are elected',
      happens: 'nothing is committed while two say so; the one with the election node is used',
      play: async (stage) => {
        await stage.until(bothSigned);
        stage.host('aurora-2').shows = { vars: { scheduler_lifecycle_LEADER_AWAITING_REGISTRATION: 1 } };
        await stage.people.commit(bo);
        await stage.passes(30_000);
        expect(stage.performed('commit-recovery')).toEqual([]);

        stage.host('aurora-2').shows = {};

        await stage.completes();
      },
    },
    {
      title: 'G: two hosts go on saying that they are elected, whatever is done',
      happens:
        'the one without the election is started again once; then a person is asked, with nothing committed',
      play: async (stage) => {
        await stage.until(bothSigned);
        stage.host('aurora-2').shows = { vars: { scheduler_lifecycle_LEADER_AWAITING_REGISTRATION: 1 } };
        await stage.isStuck({
          step: 'commit',
          code: 'scheduler-hangs-again',
          says: /aurora-2 believes it is elected, but aurora-1 holds the election/,
        });
        expect(stage.performed('commit-recovery')).toEqual([]);

        stage.host('aurora-2').shows = {};
        await stage.people.abort(dee);

        await stage.isUndone();
      },
    },
    {
      title: 'G: ZooKeeper is away when the commit is ordered',
      happens: 'nothing is sent without proof of who is elected; it goes out when ZooKeeper is back',
      play: async (stage) => {
        await stage.until(ordered);
        stage.lose('ZooKeeper');
        await stage.isStuck({ step: 'commit', code: 'zookeeper-unreachable' });

        stage.mend('ZooKeeper');

        await stage.completes();
      },
    },
    {
      title: 'H: the elected process is frozen for 30 s while people decide',
      happens: 'another one is elected: it is staged there, and the signatures stand',
      play: async (stage) => {
        await stage.until(bothSigned);
        stage.cluster.freeze(stage.host('aurora-1'));
        void stage.engine.clock.sleep(30_000).then(() => stage.cluster.thaw(stage.host('aurora-1')));

        const state = await stage.until(begunOnceMore, signing);

        expect(state.gates.commit?.signOffs).toHaveLength(2);
        await stage.completes();
      },
    },
    {
      title: 'H: the elected process is frozen for 5 s while people decide',
      happens: 'it keeps its session and what is staged: nothing has to be done again',
      play: async (stage) => {
        await stage.until(bothSigned);
        stage.cluster.freeze(stage.host('aurora-1'));
        await stage.passes(5_000);
        stage.cluster.thaw(stage.host('aurora-1'));

        const state = await stage.completes();

        expect(state.takenBack).toEqual([]);
      },
    },
    {
      title: 'H: the commit was sent to a process that is frozen for 30 s',
      happens: 'no reply, not applied: found out by looking, staged and signed once more',
      play: async (stage) => {
        committing(stage, {
          applied: false,
          answer: noReply,
          aftermath: (host) => stage.cluster.freeze(host),
        });

        const state = await stage.completes();

        expect(state.takenBack).toMatchObject([{ code: 'commit-not-applied' }]);
      },
    },
    {
      title: 'I: a scheduler runs when the recovery tool is to be run',
      happens: 'the tool does not protect itself, so we do: it is not run',
      given: { procedure: 'recovery-tool' },
      play: async (stage) => {
        stage.whenBegins('run-recovery-tool', () => stage.cluster.start(stage.host('aurora-3')));
        await stage.isStuck({ step: 'run-recovery-tool', code: 'scheduler-runs-again', says: /aurora-3/ });
        expect(stage.performed('run-recovery-tool')).toEqual([]);

        stage.killScheduler('aurora-3');

        await stage.completes();
      },
    },
    {
      title: 'I: two blank hosts would be enough for a quorum without the refilled one',
      happens: 'there are never two of them: one host starts empty and does not vote',
      given: { procedure: 'recovery-tool' },
      play: async (stage) => {
        const blanks: number[] = [];
        stage.engine.meddling.with = async (_request, perform) => {
          const result = await perform();
          const { blank, hosts } = stage.cluster;
          blanks.push(hosts.filter(({ service, log }) => service === 'running' && log === blank).length);
          return result;
        };

        const state = await stage.completes();

        expect(Math.max(...blanks)).toBe(1);
        expect(state.facts['initialize-quorum']?.empty).toEqual(['aurora-3']);
      },
    },
    {
      title: 'I: the refilled host does not come up',
      happens: 'no blank one is started without it',
      given: { procedure: 'recovery-tool' },
      play: async (stage) => {
        stage.engine.meddling.with = async (request, perform) => {
          const { operationId, kind, grant } = request;
          const { step, host } = grant.payload;
          if (kind !== 'start-scheduler' || step !== 'start-quorum' || host !== 'aurora-2')
            return await perform();
          return {
            operationId,
            kind,
            state: 'failed',
            message: 'it ends at once',
            hint: 'See its log.',
            finishedAt: 0,
          };
        };
        await stage.isStuck({ step: 'start-quorum', code: 'operation-failed', says: /aurora-2/ });
        await stage.passes(minute);
        expect(stage.performed('start-scheduler')).toEqual([]);

        stage.engine.meddling.with = null;

        const state = await stage.completes({ people: lookingAgain() });
        expect(state.facts['verify-restored']?.tasks).toBe(backupTasks.length);
      },
    },
  ],
};
