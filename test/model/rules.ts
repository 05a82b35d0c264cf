/** Promises about a state, beside those that the ledger checks at every event. */
import { isRefusal } from '../../src/restore/decisions/decision.ts';
import type { ModelState } from './model-state.ts';
import { orderCommit } from './people-moves.ts';
import type { WayOut } from './way-out.ts';
import { voterOf, type World } from './world.ts';
import { decisionOf } from './writing.ts';

/** What is broken in this state; empty when all holds. */
export function stateBreaches(world: World, state: ModelState, wayOut: WayOut): readonly string[] {
  if (state.restore.ended !== null) return [];
  const breaches = [...unheardDeclines(world, state), ...forgottenStrangers(state)];
  if (!wayOut.exists(state)) {
    breaches.push(
      state.ledger.released || state.restore.phase === 'undo'
        ? 'no end can be reached any more'
        : 'neither an abort nor going back can be reached any more',
    );
  }
  return breaches;
}

/** Whoever has reconciled in a stranger's name has made going back unclean, for good. */
function* forgottenStrangers({ restore, ledger }: ModelState): Generator<string> {
  if (ledger.reconciledByOthers && restore.look?.unclean === false)
    yield 'going back is called clean although somebody else has reconciled';
}

/** For as long as somebody could order the commit, an approver who declines is heard. */
function* unheardDeclines(world: World, state: ModelState): Generator<string> {
  const gate = state.restore.gates.commit;
  if (gate?.status !== 'open' || state.restore.commitOrdered !== null || state.restore.phase === 'undo')
    return;
  const { digest } = gate;
  const canCommit = world.people.some(
    (_, index) =>
      decisionOf(world, state, { index, judge: (asked) => orderCommit(world, state, { asked, digest }) }) !==
      null,
  );
  if (!canCommit) return;
  for (const [index, person] of world.people.entries()) {
    if (index === state.fallen) continue;
    const voter = voterOf(person, false, index);
    const asked = { state: state.restore, voter, now: state.now, staged: [] };
    const verdict = world.product.judgeDecline(asked, { gate: 'commit', digest, reason: 'no' });
    if (isRefusal(verdict)) {
      yield `the commit of ${digest} can be ordered, and ${person.displayName} is refused a decline: ${verdict.code}`;
    }
  }
}
