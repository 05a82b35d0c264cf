/** What people can press, every person at every moment, with every digest. What is refused changes nothing. */

import { isRefusal } from '../../src/restore/decisions/decision.ts';
import type { Judgement } from '../../src/restore/decisions/index.ts';
import type { GateName } from '../../src/restore/record/events.ts';
import { nextItem, rewindsOf } from '../../src/restore/record/state.ts';
import { livingSignOffs } from '../../src/restore/rules/gates.ts';
import type { SignersSeen } from '../../src/restore/rules/standing.ts';
import type { ModelState } from './model-state.ts';
import { policy, rewindsMax, stagedTasks, voterOf, type World } from './world.ts';
import { decisionOf, type Move, overtake, write } from './writing.ts';

type Asked = Parameters<World['product']['judgeRelease']>[0];
interface Press {
  readonly what: string;
  readonly helps?: boolean;
  readonly judge: (asked: Asked) => Judgement;
}

const reason = 'because';

/** Every decision a person may take now that is not refused; `helpful`: of those alone that are part of a way out. */
export function* peopleMoves(
  world: World,
  state: ModelState,
  { helpful }: { helpful: boolean },
): Generator<Move> {
  for (const press of pressesOn(world, state)) {
    if (helpful && press.helps !== true) continue;
    for (const [index, person] of world.people.entries()) {
      const events = decisionOf(world, state, { index, judge: press.judge });
      if (events === null) continue;
      const label = `${person.displayName} ${press.what}`;
      const entry = { label, events, decidedAt: state.now, helps: press.helps ?? false };
      yield* overtake(world, state, write(world, state, entry));
      if (state.held !== null) continue;
      const held = { seq: state.restore.seq, events, decidedAt: state.now, press: label };
      yield {
        label: `${label}, and the request is slow`,
        next: { ...state, held },
        breaches: [],
        helps: false,
      };
    }
  }
}

function* pressesOn(world: World, state: ModelState): Generator<Press> {
  const { product } = world;
  for (const gate of ['stop', 'commit', 'go-back'] as const) {
    for (const digest of digestsOf(world, state, gate)) {
      yield {
        what: `signs off ${shown(gate, digest)}`,
        judge: (asked) => product.judgeSignOff(asked, { gate, digest, comment: '' }),
      };
      yield {
        what: `declines ${shown(gate, digest)}`,
        judge: (asked) => product.judgeDecline(asked, { gate, digest, reason }),
      };
    }
  }
  for (const digest of digestsOf(world, state, 'commit')) {
    yield {
      what: `orders the commit of ${digest}`,
      judge: (asked) => orderCommit(world, state, { asked, digest }),
    };
  }
  if (rewindsOf(state.restore) < rewindsMax) {
    for (const digest of digestsOf(world, state, 'commit')) {
      yield {
        what: `leaves a task out of ${digest}`,
        judge: (asked) =>
          product.judgeEdit({ ...asked, staged: stagedTasks }, { digest, jobs: [], taskIds: ['t1'], reason }),
      };
    }
  }
  // Pausing is tried where people decide: between two steps it only delays.
  if (nextItem(state.restore)?.kind !== 'step' || state.restore.paused !== null) {
    yield { what: 'pauses', judge: (asked) => product.judgePause(asked, { reason }) };
    yield { what: 'resumes', helps: true, judge: (asked) => product.judgeResume(asked, {}) };
  }
  yield {
    what: 'leaves it as it is',
    judge: (asked) => product.judgeAbandon(asked, { reason, typedCluster: state.restore.proposal.cluster }),
  };
  yield { what: 'aborts', helps: true, judge: (asked) => product.judgeAbort(asked, { reason }) };
  yield { what: 'goes back', helps: true, judge: (asked) => product.judgeGoBack(asked, { reason }) };
  yield { what: 'lets it reconcile', judge: (asked) => product.judgeRelease(asked, {}) };
  yield { what: 'lets traffic in for a look', judge: (asked) => product.judgeOpenTraffic(asked, {}) };
  yield { what: 'says it was mended', helps: true, judge: (asked) => product.judgeLookAgain(asked, {}) };
  // Longer and longer looks are all alike: more time only once some of it has passed.
  if ((state.restore.look?.until ?? 0) - state.now < policy.secondLookMs) {
    yield { what: 'asks for more time', judge: (asked) => product.judgeExtendLook(asked, { byMs: 1 }) };
  }
}

/** The order, and then every signer looked up: as the service does. */
export function orderCommit(
  world: World,
  state: ModelState,
  order: { asked: Asked; digest: string },
): Judgement {
  const { asked, digest } = order;
  const { product } = world;
  const verdict = product.judgeCommit(asked, { digest, typedCluster: state.restore.proposal.cluster });
  const gate = state.restore.gates.commit;
  if (gate === undefined || isRefusal(verdict)) return verdict;
  const signers = livingSignOffs(gate, { policy: state.restore.proposal.policy, now: state.now });
  const seen = seeSigners(
    world,
    state,
    signers.map((signOff) => signOff.person),
  );
  const { fell, refusal } = product.settleSigners(gate, seen);
  if (refusal === null) return [...fell, ...verdict];
  return fell.length > 0 ? fell : refusal;
}

/** Which of these may still sign the commit. */
export function seeSigners(
  world: World,
  state: ModelState,
  signers: readonly { readonly id: string; readonly userId: string; readonly name: string }[],
): SignersSeen {
  const looked = signers.map((signer) => {
    const index = world.people.findIndex((person) => person.userId === signer.userId);
    const person = world.people[index];
    if (person === undefined) throw new Error(`${signer.userId} is nobody of this world`);
    const voter = voterOf(person, index === state.fallen, index);
    return {
      signer,
      refusal: world.product.judgeFallen({ state: state.restore, gate: 'commit', signer, voter }),
    };
  });
  return {
    standing: looked.filter(({ refusal }) => refusal === null).map(({ signer }) => signer),
    fallen: looked.flatMap(({ signer, refusal }) => (refusal === null ? [] : [{ signer, refusal }])),
    unknown: null,
  };
}

/** Every digest that somebody may have on an old or new message. */
function digestsOf(world: World, state: ModelState, gate: GateName): readonly string[] {
  if (state.restore.gates[gate] === undefined) return [];
  if (gate === 'go-back') return [state.restore.gates['go-back']?.digest ?? ''];
  return allDigests(world, gate);
}

const digests = {
  stop: ['d1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7', 'd8', 'd9'],
  commit: ['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8', 'c9'],
};

/** `d1`, `d2` for the stop, `c1`, `c2` for the commit: the first is what the first plan says. */
export function allDigests(world: World, gate: 'stop' | 'commit'): readonly string[] {
  return digests[gate].slice(0, world.digests);
}

const shown = (gate: GateName, digest: string): string => (gate === 'go-back' ? gate : `${gate} ${digest}`);
