/** The order to commit, by one of the signers, who types the cluster's name. All signers are looked up once more afterwards. */
import { z } from 'zod';
import { openGate } from '../record/gate-state.ts';
import { isAtCommitGate, summaryOf } from '../record/state.ts';
import { actor, event } from '../record/words.ts';
import { judgeGate, judgeStanding, livingSignOffs, madeAgain, tooLate } from '../rules/gates.ts';
import { committedAlready, leaveOutFirst, paused, undoAlready, wrongName } from '../rules/refusals.ts';
import { actorOf, decision } from './decision.ts';

const commitOrdered = event('commit-ordered', { digest: z.string(), person: actor });

interface About {
  readonly digest: string;
}

export const commit = decision<About, { readonly typedCluster: string }, typeof commitOrdered>({
  wants: () => 'commit',
  may: ({ state, voter, now }, { digest }) => {
    const { policy } = state.proposal;
    if (state.phase === 'undo') return undoAlready;
    if (state.commitOrdered !== null) return committedAlready;
    if (state.paused !== null) return paused;
    const { gate, refusal } = judgeStanding(state.gates.commit, { name: 'commit', digest });
    if (refusal !== null) return refusal;
    if (!isAtCommitGate(state)) return madeAgain;
    const unlivable = summaryOf(state)?.unlivable;
    if (unlivable !== undefined) return leaveOutFirst(unlivable);
    const verdict = judgeGate(gate, { policy, now });
    if (verdict.kind === 'waiting') {
      return {
        code: 'sign-offs-missing',
        message: `${verdict.missing} more sign-off${verdict.missing === 1 ? ' is' : 's are'} needed before anybody can commit.`,
        hint: 'Press "Who can approve?" to see who can give it.',
      };
    }
    if (verdict.kind !== 'satisfied') return tooLate('commit');
    const signers = livingSignOffs(gate, { policy, now }).map((signOff) => signOff.person);
    if (signers.some(({ id }) => id === voter.person.id)) return null;
    return {
      code: 'not-a-signer',
      message: 'Only one of those who signed can commit.',
      hint: `Ask ${signers.map(({ name }) => name).join(' or ')} to commit.`,
    };
  },
  decide: ({ state, voter }, { digest, typedCluster }) =>
    wrongName(state.proposal.cluster, typedCluster, 'Press Commit again and type the name exactly.') ?? [
      { type: 'commit-ordered', digest, person: actorOf(voter.person) },
    ],
  event: commitOrdered,
  fold: (state, { person, digest }, at) => {
    openGate(state, 'commit', digest);
    if (state.commitOrdered !== null) throw new Error('a commit is ordered once');
    return { ...state, commitOrdered: { person, digest, at } };
  },
  told: ({ person, digest }, as) => `${as.name(person)} committed${as.detail(`digest ${digest}`)}`,
  standsOn: 'commit',
});
