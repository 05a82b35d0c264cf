/** Somebody else is at the schedulers: noticed, named, and never guessed about. */
import { expect } from 'vitest';
import { dee } from '../restore/support/office.ts';
import { backupTasks, originalFlags, runningTasks } from '../restore/support/pretend-scene.ts';
import { bo, cy, minute } from '../restore/support/story.ts';
import { begunOnceMore, bothSigned, commitGate, did } from './support/moments.ts';
import { nobody, signing } from './support/people.ts';
import type { Group } from './support/scenario.ts';

export const foreignHands: Group = {
  title: 'Foreign hands',
  scenarios: [
    {
      title: 'The leader is killed while two people read the summary',
      happens: 'the backup is staged again on the next one, and their signatures stand',
      play: async (stage) => {
        await stage.until(bothSigned);
        stage.killScheduler('aurora-1');

        const state = await stage.until(begunOnceMore, signing);

        expect(state.gates.commit?.signOffs.map(({ person }) => person.name)).toEqual(['bo', 'cy']);
        expect(stage.performed('stage-backup').map(({ host }) => host)).toEqual(['aurora-1', 'aurora-2']);
        await stage.completes();
      },
    },
    {
      title: 'The election moves again and again while people decide',
      happens: 'after three times a person is asked instead of committing, and can put everything back',
      play: async (stage) => {
        await stage.until(bothSigned);
        for (let move = 1; move <= 4; move += 1) {
          stage.moveElection(stage.leader?.name ?? '');
          if (move === 4) break;
          await stage.until(
            {
              name: `turn ${move}`,
              isSo: (state) => state.takenBack.length === move && bothSigned.isSo(state),
            },
            signing,
          );
        }

        await stage.isStuck({ step: 'commit', code: 'leader-moved', says: /already been retried 3 times/ });
        expect(stage.performed('commit-recovery')).toEqual([]);

        await stage.people.abort(dee);
        await stage.isUndone();
      },
    },
    {
      title: 'Somebody unloads what is staged',
      happens: 'it is named, the signatures are void; looked into, it is staged and signed again',
      play: async (stage) => {
        await stage.until(bothSigned);
        stage.host('aurora-1').staged = null;

        const state = await stage.isStuck({
          step: 'summarise-staged',
          code: 'foreign-unloaded',
          says: /somebody else unloaded it/,
          people: nobody,
        });

        expect(state.gates.commit?.signOffs).toEqual([]);
        await stage.people.lookAgain(dee);
        await stage.completes();
        expect(stage.performed('stage-backup')).toHaveLength(2);
      },
    },
    {
      title: 'Somebody edits what is staged',
      happens: 'it stays stuck for as long as it is edited, and is signed again when it is not any more',
      play: async (stage) => {
        await stage.until(bothSigned);
        stage.host('aurora-1').staged = backupTasks.slice(1);
        await stage.isStuck({
          step: 'summarise-staged',
          code: 'foreign-edited',
          says: /3 tasks now, 4 then/,
          people: nobody,
        });
        await stage.people.lookAgain(dee);
        await stage.isStuck({ step: 'summarise-staged', code: 'foreign-edited', people: nobody });

        stage.host('aurora-1').staged = backupTasks;
        await stage.people.lookAgain(dee);

        const state = await stage.until(commitGate, nobody);
        expect(state.gates.commit?.signOffs).toEqual([]);
        await stage.completes();
      },
    },
    {
      title: "Somebody's admin client commits what is staged before us",
      happens: 'it is named, nothing registers, and everything can be put back',
      play: async (stage) => {
        await stage.until(bothSigned);
        stage.cluster.applyCommit(stage.host('aurora-1'));

        await stage.isStuck({
          step: 'summarise-staged',
          code: 'foreign-committed',
          says: /4 tasks in its storage, and this restore has committed nothing/,
          people: nobody,
        });

        await stage.people.abort(dee);
        await stage.isUndone();
      },
    },
    {
      title: 'Somebody has staged another backup before us',
      happens: 'it stops before anything is staged and says so; the slot emptied, it goes on',
      play: async (stage) => {
        await stage.until(did('find-elected'));
        stage.host('aurora-1').staged = runningTasks;
        await stage.isStuck({ step: 'stage-backup', code: 'foreign-staging', says: /Somebody else staged/ });

        stage.host('aurora-1').staged = null;

        await stage.completes();
      },
    },
    {
      title: 'Configuration management starts a scheduler before its log was set aside',
      happens: 'no log is moved under it: it stops and says which one runs; stopped again, it goes on',
      play: async (stage) => {
        stage.whenBegins('set-aside-log', () => stage.cluster.start(stage.host('aurora-2')));
        await stage.isStuck({ step: 'set-aside-log', code: 'scheduler-runs-again', says: /aurora-2/ });
        expect(stage.performed('set-aside-log')).toEqual([]);

        stage.killScheduler('aurora-2');

        await stage.completes();
      },
    },
    {
      title: 'Configuration management puts the old flags back before the schedulers start',
      happens: 'none of them starts; switched off, the flags are set again and it goes on',
      play: async (stage) => {
        stage.whenBegins('start-schedulers', () => {
          stage.host('aurora-2').flags = originalFlags;
        });
        await stage.isStuck({
          step: 'start-schedulers',
          code: 'flags-not-set',
          says: /aurora-2: -mesos_master_address reads zk:/,
        });
        expect(stage.performed('start-scheduler')).toEqual([]);

        await stage.completes();
      },
    },
    {
      title: 'Configuration management rewrites the flag file again and again',
      happens: 'it stays stuck and names the flag; stopped, everything is put back',
      play: async (stage) => {
        const rewrite = () => {
          stage.host('aurora-2').flags = originalFlags;
        };
        stage.whenBegins('start-schedulers', rewrite);
        stage.engine.meddling.with = async (request, perform) => {
          const result = await perform();
          if (request.kind === 'set-flags' && request.grant.payload.step === 'start-schedulers') rewrite();
          return result;
        };
        await stage.isStuck({ step: 'start-schedulers', code: 'flags-not-set' });
        await stage.people.lookAgain(dee);
        await stage.isStuck({ step: 'start-schedulers', code: 'flags-not-set' });

        await stage.people.abort(dee);

        await stage.isUndone();
      },
    },
    {
      title: 'Somebody starts a scheduler while people decide about the recovery tool',
      happens: 'it would vote with a blank log: it is named, and the signatures are void',
      given: { procedure: 'recovery-tool' },
      play: async (stage) => {
        await stage.until(bothSigned);
        stage.cluster.start(stage.host('aurora-3'));

        const state = await stage.isStuck({
          step: 'summarise-backup',
          code: 'foreign-started',
          says: /The scheduler on aurora-3 is running/,
          people: nobody,
        });
        expect(state.gates.commit?.signOffs).toEqual([]);

        stage.killScheduler('aurora-3');
        await stage.people.lookAgain(dee);
        await stage.completes();
      },
    },
    {
      title: 'A scheduler has registered with Mesos although it must not yet',
      happens: 'nothing is staged, it is named, and everything can be put back',
      play: async (stage) => {
        await stage.until(did('start-schedulers'));
        for (const host of stage.cluster.hosts) {
          host.shows = { vars: { scheduler_lifecycle_ACTIVE: 1, framework_registered: 1 } };
        }
        await stage.isStuck({ step: 'find-elected', code: 'registered-too-early' });
        expect(stage.performed('stage-backup')).toEqual([]);

        for (const host of stage.cluster.hosts) host.shows = {};
        await stage.people.abort(dee);

        await stage.isUndone();
      },
    },
    {
      title: 'Somebody starts the schedulers while everything is put back',
      happens: 'no log is moved under them: it stops and names one; stopped, everything is put back',
      play: async (stage) => {
        await stage.until(bothSigned);
        await stage.people.abort(cy);
        stage.whenBegins('undo-put-back-log', () => stage.cluster.start(stage.host('aurora-1')));
        await stage.isStuck({
          step: 'undo-put-back-log',
          code: 'scheduler-runs-again',
          says: /aurora-1/,
          people: nobody,
        });

        stage.killScheduler('aurora-1');
        await stage.people.lookAgain(bo);

        await stage.isUndone();
      },
    },
    {
      title: 'What the scheduler staged is not what the file holds',
      happens: 'nobody can sign it, and everything can be put back',
      play: async (stage) => {
        stage.engine.meddling.with = async (request, perform) => {
          const result = await perform();
          if (request.kind === 'stage-backup') stage.host(request.grant.payload.host).staged = [];
          return result;
        };
        const state = await stage.isStuck({
          step: 'summarise-staged',
          code: 'staged-differs',
          says: /staged 0 tasks, 4 are expected/,
        });
        expect(state.gates.commit).toBeUndefined();

        await stage.people.abort(dee);

        await stage.isUndone();
      },
    },
    {
      title: 'Somebody writes another leader beside the real one into ZooKeeper',
      happens:
        'schedulers tell everybody that nobody leads; who leads is known all the same, the entry is named, and the restore completes',
      play: async (stage) => {
        stage.cluster.strays.add('member');

        const state = await stage.completes();

        expect(state.facts['check-hosts']?.leader).toBe('aurora-1');
        expect(state.facts['check-hosts']?.checks?.map(({ message }) => message).join('\n')).toMatch(
          /member_abc: it names aurora-9:8081, and aurora-1 leads\./,
        );
      },
    },
    {
      title: 'An election node of nobody stays in ZooKeeper',
      happens: 'step 1 refuses and says how to remove it: after the stop nobody would be elected',
      play: async (stage) => {
        stage.cluster.strays.add('election');

        await stage.endsUntouched({
          outcome: 'failed',
          says: /_c_9-lock-0000000000: it is an election node of nobody/,
        });
      },
    },
    {
      title: 'Nobody touches anything for ten minutes at the commit gate',
      happens: 'it is looked at again and again, and nothing changes',
      play: async (stage) => {
        await stage.until(commitGate);

        const state = await stage.passes(10 * minute);

        expect(state).toMatchObject({ takenBack: [], stuck: null, foreign: null });
        await stage.completes();
      },
    },
  ],
};
