/** How a gate opens, passes and runs out. A part of the fold, as strict and as pure. */

import { judgeGate } from '../rules/gates.ts';
import type { EventOf, GateName } from './events.ts';
import { openGate, withGate } from './gate-state.ts';
import { withTimeAgain } from './look.ts';
import { authorsOf, enterUndo } from './rewinds.ts';
import { type Gate, isBeforeRelease, nextItem, type RestoreState, summaryOf } from './state.ts';

type GateEvent = EventOf<'gate-opened' | 'gate-expired' | 'gate-passed' | 'sign-off-fell'>;

/** Throws when it cannot follow. `at` is the instant in the record. */
export function applyGateEvent(state: RestoreState, event: GateEvent, at: number): RestoreState {
  switch (event.type) {
    case 'gate-opened': {
      const { gate, digest, needed, expiresAt } = event;
      const earlier = state.gates[gate];
      assertMayOpen(state, { name: gate, earlier });
      const isSame = earlier?.digest === digest && earlier.status === 'open';
      // An identical re-plan keeps sign-offs; another digest voids them, and an order that stood on them.
      const commitOrdered = gate === 'commit' && !isSame ? null : state.commitOrdered;
      return withGate(
        { ...state, commitOrdered },
        {
          name: gate,
          digest,
          needed,
          openedAt: at,
          expiresAt,
          signOffs: isSame ? earlier.signOffs : [],
          status: 'open',
          voided: earlier?.digest === digest ? null : (earlier?.voided ?? null),
          declinedBy: null,
          // Signatures that stand were given to what was signed then.
          statement: (isSame && earlier.signOffs.length > 0 ? earlier.statement : event.statement) ?? null,
          authors: gate === 'commit' ? authorsOf(state) : [],
          // Sign-offs that stand were given on what was shown then.
          shown: isSame
            ? earlier.shown
            : gate === 'commit'
              ? (summaryOf(state)?.blast.document ?? null)
              : null,
        },
      );
    }
    case 'gate-expired': {
      const gate = state.gates[event.gate];
      if (gate?.status !== 'open') throw new Error(`gate ${event.gate} is not open`);
      // An order to commit dies with the gate it stood on: whoever still wants it signs and orders again.
      const commitOrdered = event.gate === 'commit' ? null : state.commitOrdered;
      const isLate = judgeGate(gate, { policy: state.proposal.policy, now: at }).kind === 'expired';
      // Before its time only the looking up of those who signed, at the instant of the commit, ends a gate.
      const voided = isLate ? null : 'Somebody who signed may no longer sign.';
      const over = withGate({ ...state, commitOrdered }, { ...gate, status: 'expired', voided });
      return event.gate === 'go-back' ? withTimeAgain(over, at) : over;
    }
    case 'sign-off-fell': {
      const gate = openGate(state, event.gate, event.digest);
      const signOffs = gate.signOffs.filter(({ person }) => person.id !== event.person.id);
      const left = { ...gate, signOffs };
      // An order to commit stands as long as enough do, and the one who gave it is among them.
      const isOrdered =
        state.commitOrdered?.person.id !== event.person.id &&
        judgeGate(left, { policy: state.proposal.policy, now: at }).kind === 'satisfied';
      const commitOrdered = event.gate === 'commit' && !isOrdered ? null : state.commitOrdered;
      return withGate({ ...state, commitOrdered }, left);
    }
    case 'gate-passed': {
      // Only who counted is carried on: grants name these people and nobody whose sign-off had outlived its time.
      const open = openGate(state, event.gate, event.digest);
      const counted = new Set(event.signers.map((signer) => signer.id));
      const signOffs = open.signOffs.filter((signOff) => counted.has(signOff.person.id));
      const passed = withGate(state, { ...open, signOffs, status: 'passed' });
      if (event.gate === 'go-back') {
        if (!isBeforeRelease(state)) throw new Error('going back is no longer clean');
        return enterUndo(passed, 'go-back');
      }
      const next = nextItem(state);
      if (next?.kind !== 'gate' || next.name !== event.gate)
        throw new Error(`gate ${event.gate} is not next`);
      return { ...passed, done: [...state.done, next] };
    }
  }
}

function assertMayOpen(state: RestoreState, gate: { name: GateName; earlier: Gate | undefined }): void {
  const { name, earlier } = gate;
  if (state.phase === 'undo') throw new Error(`gate ${name} cannot open while everything is put back`);
  if (name === 'go-back') {
    if (!isBeforeRelease(state)) throw new Error('going back is not clean now');
    return;
  }
  // One decline ends it, and what has been passed was acted on.
  if (earlier?.status === 'declined' || earlier?.status === 'passed') {
    throw new Error(`gate ${name} was ${earlier.status}`);
  }
}
