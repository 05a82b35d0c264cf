/** Outside traffic is let in at the second look, so that people see the scheduler's own pages. By an approver, where the policy allows it. */
import { nextItem, type RestoreState } from '../record/state.ts';
import { actor, event } from '../record/words.ts';
import { isOver, notAnApprover, type Refusal } from '../rules/gates.ts';
import { judgeBarred, paused } from '../rules/refusals.ts';
import { judgeLook } from '../rules/second-look.ts';
import { actorOf, decision } from './decision.ts';

const trafficOrdered = event('open-traffic-ordered', { person: actor });

const notAllowed: Refusal = {
  code: 'traffic-stays-shut',
  message: 'Traffic stays shut until it reconciles: the configuration says so.',
  hint: '`policy.lookTraffic: allow` lets an approver open it in later restores.',
};

const openAlready: Refusal = {
  code: 'traffic-open-already',
  message: 'Traffic is open already.',
  hint: "Open the scheduler's own page.",
};

const goingBack: Refusal = {
  code: 'going-back',
  message: 'Somebody has proposed to go back, and that is not decided yet.',
  hint: 'Decline going back first, then let traffic in.',
};

export const openTraffic = decision<unknown, unknown, typeof trafficOrdered>({
  wants: () => 'let traffic in for a look',
  may: ({ state, voter, now }) => {
    const closed = judgeLook(state);
    if (closed !== null) return closed;
    if (state.proposal.policy.lookTraffic !== 'allow') return notAllowed;
    if (!isTrafficShut(state)) return openAlready;
    if (state.paused !== null) return paused;
    const gate = state.gates['go-back'];
    if (gate?.status === 'open' && !isOver(state, { gate, now })) return goingBack;
    if (voter.person.barred !== null) return judgeBarred(voter.person.barred);
    if (voter.isApprover) return null;
    return notAnApprover(state, voter, {
      code: 'not-an-approver',
      message: `Only an approver of \`${state.proposal.cluster}\` can let traffic in.`,
      hint: 'Look at the tasks in Mesos meanwhile.',
    });
  },
  decide: ({ voter }) => [{ type: 'open-traffic-ordered', person: actorOf(voter.person) }],
  event: trafficOrdered,
  fold: (state, { person }, at) => {
    const { look } = state;
    if (look === null || nextItem(state)?.kind !== 'look') throw new Error('no second look is open');
    if (!isTrafficShut(state)) throw new Error('traffic is open');
    return { ...state, look: { ...look, askedAt: at, trafficBy: person } };
  },
  told: ({ person }, as) => `${as.name(person)} let traffic in for a look`,
});

/** True while this restore keeps outside traffic away, and nobody has ordered otherwise. */
export function isTrafficShut({ facts, look }: RestoreState): boolean {
  return facts['block-traffic'] !== undefined && look?.trafficBy === null;
}
