/** Who may decide what, when, and what comes of it. */
import { expect } from 'vitest';
import { dee } from '../restore/support/office.ts';
import { backupFile, backupTasks } from '../restore/support/pretend-scene.ts';
import { ana, bo, cy, minute, startedAt } from '../restore/support/story.ts';
import {
  begins,
  bothSigned,
  commitGate,
  ordered,
  over,
  released,
  secondLook,
  stopGate,
  stuck,
} from './support/moments.ts';
import { approving, hesitating, nobody, signing } from './support/people.ts';
import type { Group, Scenario } from './support/scenario.ts';
import { isAccepted, isRefused } from './support/stage.ts';

/** A backup of which one person more has to think well, by the time in it. */
const countsAsOld = (title: string, happens: string, fromStartMs: number): Scenario => ({
  title,
  happens,
  given: {
    cluster: (cluster) => {
      const timestampMs = startedAt + fromStartMs;
      cluster.backup = { ...backupFile, report: { ...backupFile.report, timestampMs } };
    },
  },
  play: async (stage) => {
    const stop = await stage.until(stopGate);
    await stage.people.sign(bo, 'stop');
    await stage.people.sign(cy, 'stop');
    const commit = await stage.until(commitGate, nobody);
    await stage.people.sign(bo, 'commit');
    await stage.people.sign(cy, 'commit');
    isRefused(await stage.people.commit(cy), 'sign-offs-missing');
    await stage.people.sign(ana, 'commit');

    isAccepted(await stage.people.commit(cy));

    expect([stop.gates.stop?.needed, commit.gates.commit?.needed]).toEqual([2, 3]);
    await stage.completes();
  },
});

export const deciding: Group = {
  title: 'Deciding',
  scenarios: [
    {
      title: 'Ana proposes a restore and wants to approve the stop herself',
      happens: 'she is refused: whoever proposes it never approves the stop',
      play: async (stage) => {
        await stage.until(stopGate);

        isRefused(await stage.people.sign(ana, 'stop'), 'own-proposal');

        await stage.passes(minute);
        await stage.isUntouched();
      },
    },
    {
      title: 'Dee, who is no approver, presses Approve',
      happens: 'she is refused and told who could',
      play: async (stage) => {
        await stage.until(stopGate);

        isRefused(await stage.people.sign(dee, 'stop'), 'not-an-approver');
      },
    },
    {
      title: 'Bo signs the commit twice',
      happens: 'the second one is refused, and somebody else has to give it',
      play: async (stage) => {
        await stage.until(commitGate);

        isAccepted(await stage.people.sign(bo, 'commit'));
        isRefused(await stage.people.sign(bo, 'commit'), 'already-signed');

        isRefused(await stage.people.commit(bo), 'sign-offs-missing');
      },
    },
    {
      title: 'The requester is one of the two who sign the commit',
      happens: 'it counts, as the policy says',
      play: async (stage) => {
        await stage.until(commitGate);
        await stage.people.sign(ana, 'commit');
        await stage.people.sign(bo, 'commit');

        isAccepted(await stage.people.commit(bo));

        await stage.completes();
      },
    },
    {
      title:
        'The policy says that the requester does not count, and Ana signs the commit of her own proposal',
      happens: 'she is refused; two others sign, and it completes',
      given: { policy: { requesterCounts: false } },
      play: async (stage) => {
        await stage.until(commitGate);

        isRefused(await stage.people.sign(ana, 'commit'), 'own-proposal');

        await stage.completes();
      },
    },
    {
      title: 'Somebody who did not sign presses Commit',
      happens: 'they are refused and told who can',
      play: async (stage) => {
        await stage.until(bothSigned);

        isRefused(await stage.people.commit(ana), 'not-a-signer');
      },
    },
    {
      title: 'Cy types the name of another cluster at the commit',
      happens: 'nothing is committed until the right name is typed',
      play: async (stage) => {
        await stage.until(bothSigned);

        isRefused(await stage.people.commit(cy, 'west'), 'wrong-name');
        isAccepted(await stage.people.commit(cy, 'east'));

        await stage.completes();
      },
    },
    {
      title: 'Somebody declines without a reason',
      happens: 'a reason is asked for, and the gate stays open',
      play: async (stage) => {
        await stage.until(commitGate);

        isRefused(await stage.people.decline(bo, 'commit', ' '), 'reason-missing');

        await stage.completes();
      },
    },
    {
      title: 'Bo declines after the commit was ordered',
      happens: 'it is too late, and he is told so',
      play: async (stage) => {
        await stage.until(ordered);

        isRefused(await stage.people.decline(bo, 'commit'), 'committed-already');

        await stage.completes();
      },
    },
    {
      title: 'Nobody approves the stop in time',
      happens: 'it ends by itself, and no host was touched',
      play: async (stage) => {
        await stage.endsUntouched({ outcome: 'expired', says: /Nobody approved in time/, people: nobody });
      },
    },
    {
      title: 'Nobody signs the commit in time, while the hosts are isolated',
      happens: 'the gate opens again, unsigned, because somebody has to decide',
      play: async (stage) => {
        await stage.until(commitGate);
        await stage.people.sign(bo, 'commit');

        await stage.passes(31 * minute);
        const state = await stage.until(commitGate, nobody);

        expect(state.gates.commit?.signOffs).toEqual([]);
        await stage.completes();
      },
    },
    {
      title: 'Two have signed, and nobody presses Commit for a quarter of an hour',
      happens: 'the signatures lapse, the gate opens again, and it is signed once more',
      play: async (stage) => {
        await stage.until(bothSigned);

        await stage.passes(16 * minute);
        const state = await stage.until(commitGate, nobody);

        expect(state.gates.commit?.signOffs).toEqual([]);
        await stage.completes();
      },
    },
    countsAsOld('The backup is five hours old', 'both gates need one more person', -300 * minute),
    countsAsOld(
      'The timestamp of the backup is two hours ahead of the clock of the bot',
      'clocks disagree and nobody knows how old it is: both gates need one more person, as for an old one',
      120 * minute,
    ),
    {
      title: 'Cy loses the right to sign before the commit',
      happens: 'the commit is not sent; Ana signs in her place at once, and it is committed',
      play: async (stage) => {
        await stage.until(bothSigned);
        stage.engine.people.bar(cy, 'deactivated people never count');

        isRefused(await stage.people.commit(bo), 'signer-fell');
        expect(stage.performed('commit-recovery')).toEqual([]);

        isAccepted(await stage.people.sign(ana, 'commit'));
        isAccepted(await stage.people.commit(bo));
        await stage.until(begins('commit'), nobody);
        await stage.completes();
      },
    },
    {
      title: 'Nobody can read the group of the approvers at the commit gate',
      happens:
        'approvers who are named sign and commit; the group counts nobody, and is named to whoever may be in it',
      given: { policy: { approvers: ['UBO', 'UCY'], approverGroups: ['SGONE'] } },
      play: async (stage) => {
        await stage.until(commitGate);
        stage.engine.people.silentAbout.add('SGONE');

        isRefused(await stage.people.sign(dee, 'commit'), 'group-unread');
        await stage.passes(2 * minute);
        expect(stage.engine.progress.get('R1')).toMatch(/SGONE.*It counts nobody now\./);
        await stage.completes();
      },
    },
    {
      title: 'Nobody can read any group, and the hosts are isolated',
      happens: 'anybody stops it all the same, and everything is put back',
      given: { policy: { approvers: ['UBO', 'UCY'], approverGroups: ['SGONE'] } },
      play: async (stage) => {
        await stage.until(commitGate);
        stage.engine.people.silentAbout.add('SGONE');

        isAccepted(await stage.people.pause(dee));
        isAccepted(await stage.people.abort(dee));

        await stage.isUndone();
      },
    },
    {
      title: 'Slack is away at the instant of the commit',
      happens: 'nobody is trusted unseen: it waits for Slack and commits when it is back',
      play: async (stage) => {
        await stage.until(bothSigned);
        await stage.people.commit(cy);
        stage.lose('Slack');
        await stage.passes(minute);
        expect(stage.performed('commit-recovery')).toEqual([]);

        stage.mend('Slack');

        await stage.completes();
      },
    },
    {
      title: 'Slack stays away after the order to commit',
      happens: 'the order lapses with its window, and nothing was committed',
      play: async (stage) => {
        await stage.until(bothSigned);
        await stage.people.commit(cy);
        stage.lose('Slack');

        const state = await stage.passes(16 * minute);

        expect(state.commitOrdered).toBeNull();
        expect(stage.performed('commit-recovery')).toEqual([]);
        stage.mend('Slack');
        await stage.people.abort(dee);
        await stage.isUndone();
      },
    },
    {
      title: 'Slack is away when the time of the second look runs out',
      happens:
        'nobody could say no, so nothing is reconciled; back, it reminds and waits for the whole grace',
      play: async (stage) => {
        await stage.until(secondLook, hesitating);
        stage.lose('Slack');
        const away = await stage.passes(90 * minute);
        expect(away.look?.released).toBeNull();

        stage.mend('Slack');
        await stage.until(released, nobody);

        const types = (await stage.engine.events()).map(({ type }) => type);
        const looked = types.slice(types.indexOf('look-opened'));
        expect(looked.slice(0, 4)).toEqual(['look-opened', 'look-reminded', 'reminded', 'release-ordered']);
      },
    },
    {
      title: 'Bo leaves a job out that was stopped on purpose',
      happens: 'the signatures are void, the rest is signed again, and that job does not come back',
      play: async (stage) => {
        await stage.until(bothSigned);
        const left = backupTasks.filter(({ jobKey }) => jobKey.name === 'bidder').map(({ taskId }) => taskId);
        isAccepted(await stage.people.leaveOut(bo, left));
        const state = await stage.until(
          {
            name: 'the new summary',
            isSo: (seen) => seen.facts['summarise-staged']?.leftOut === 1 && commitGate.isSo(seen),
          },
          nobody,
        );
        expect(state.gates.commit?.signOffs).toEqual([]);
        await stage.people.sign(cy, 'commit');
        await stage.people.sign(bo, 'commit');
        isAccepted(await stage.people.commit(cy));

        const end = await stage.completes();

        expect(end.facts['verify-restored']?.tasks).toBe(backupTasks.length - 1);
        expect([...stage.cluster.live.keys()].some((taskId) => taskId.includes('bidder'))).toBe(false);
      },
    },
    {
      title: 'Bo edits what is staged, and signs it together with Ana, who proposed it',
      happens: 'the two fill one place: a third person has to look',
      play: async (stage) => {
        await stage.until(commitGate);
        await stage.people.leaveOut(bo, [backupTasks[0]?.taskId ?? '']);
        await stage.until(
          {
            name: 'the gate again',
            isSo: (seen) => seen.edits.length === 1 && commitGate.isSo(seen),
          },
          nobody,
        );
        await stage.people.sign(ana, 'commit');
        isRefused(await stage.people.sign(bo, 'commit'), 'fills-no-place');

        isRefused(await stage.people.commit(ana), 'sign-offs-missing');
        await stage.people.sign(cy, 'commit');

        isAccepted(await stage.people.commit(ana));
      },
    },
    {
      title: 'Somebody wants to leave every task out',
      happens: 'that is refused: committing it would empty the cluster',
      play: async (stage) => {
        await stage.until(commitGate);

        isRefused(
          await stage.people.leaveOut(
            bo,
            backupTasks.map(({ taskId }) => taskId),
          ),
          'edit-leaves-nothing',
        );
      },
    },
    {
      title: 'Ana pauses the restore while logs are set aside',
      happens: 'that step ends and nothing new is begun, until an approver resumes it',
      play: async (stage) => {
        stage.whenBegins('set-aside-log', () => void stage.people.pause(ana));
        const seen = await stage.passes(10 * minute, approving);
        expect(seen.done.at(-1)?.name).toBe('set-aside-log');

        isRefused(await stage.people.resume(dee), 'not-an-approver');
        isAccepted(await stage.people.resume(bo));

        await stage.completes();
      },
    },
    {
      title: 'It is paused at the commit gate, and two people have signed',
      happens: 'nobody can commit before it is resumed, and the signatures do not live longer for it',
      play: async (stage) => {
        await stage.until(bothSigned);
        await stage.people.pause(ana);

        isRefused(await stage.people.commit(cy), 'paused');
        await stage.passes(16 * minute);
        await stage.people.resume(bo);

        const state = await stage.until(commitGate, nobody);
        expect(state.gates.commit?.signOffs).toEqual([]);
        await stage.completes();
      },
    },
    {
      title: 'It is paused, and somebody stops it',
      happens: 'a pause keeps nobody from putting everything back',
      play: async (stage) => {
        await stage.until(commitGate);
        await stage.people.pause(ana);

        isAccepted(await stage.people.abort(dee));

        await stage.isUndone();
      },
    },
    {
      title: 'Dee stops it before any host was touched',
      happens: 'it ends at once',
      play: async (stage) => {
        await stage.until(stopGate);

        await stage.people.abort(dee);

        await stage.endsUntouched({ outcome: 'undone', says: /before any host was touched/ });
      },
    },
    {
      title: 'Dee wants to stop it after the commit was ordered',
      happens: 'an abort is too late, and she is told that going back is the way',
      play: async (stage) => {
        await stage.until(secondLook);

        isRefused(await stage.people.abort(dee), 'after-commit');

        await stage.completes();
      },
    },
    {
      title: 'Somebody presses "look again" although nothing is stuck',
      happens: 'they are told that nobody is waited for',
      play: async (stage) => {
        await stage.until(commitGate);

        isRefused(await stage.people.lookAgain(dee), 'not-stuck');
      },
    },
    {
      title: 'A minute before the commit, tasks of another production job have started',
      happens: 'nothing is committed: it says which job would die, and it is signed again',
      play: async (stage) => {
        await stage.until(bothSigned);
        stage.cluster.live.set('ads-prod-bidding-0', 'ads/prod/bidding');

        const back = await stage.until({ name: 'a turn', isSo: (seen) => seen.takenBack.length > 0 });
        expect(back.takenBack[0]?.message).toContain('ads/prod/bidding would be killed now');

        const state = await stage.until(over);
        expect(state.ended?.outcome).toBe('completed');
      },
    },
    {
      title: 'Somebody presses Approve on a message that is out of date',
      happens: 'they are told that it has changed, and their signature does not count',
      play: async (stage) => {
        const before = await stage.until(commitGate);
        await stage.people.leaveOut(bo, [backupTasks[0]?.taskId ?? '']);
        await stage.until(
          {
            name: 'the gate again',
            isSo: (seen) => seen.edits.length === 1 && commitGate.isSo(seen),
          },
          nobody,
        );

        const answer = await stage.engine.service.take('sign-off', {
          restoreId: 'R1',
          gate: 'commit',
          digest: before.gates.commit?.digest ?? '',
          userId: cy.userId,
          comment: '',
        });

        isRefused(answer, 'digest-changed');
      },
    },
    {
      title: 'A guest of the workspace proposes a restore',
      happens: 'they are refused before anything is written down',
      given: { begun: false },
      play: async ({ engine }) => {
        engine.people.bar(ana, 'guests never count');

        await expect(engine.propose()).rejects.toThrow('guests never count');

        expect(await engine.store.listRestores({})).toEqual([]);
      },
    },
    {
      title: 'The hosts are isolated, and the agent of aurora-3 dies at the commit gate',
      happens: 'people go on deciding, and the commit waits for it',
      play: async (stage) => {
        await stage.until(commitGate);
        stage.lose('agent');
        await stage.passes(2 * minute, signing);
        expect((await stage.engine.state()).gates.commit?.signOffs).toHaveLength(2);
        await stage.people.commit(cy);
        const seen = await stage.until(stuck, nobody);
        expect(seen.stuck).toMatchObject({ step: 'commit', code: 'agent-unreachable' });

        stage.mend('agent');

        await stage.completes();
      },
    },
  ],
};
