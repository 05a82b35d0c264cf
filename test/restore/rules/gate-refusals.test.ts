/** Every decision that is about a gate, at every state that the gate can be in: it counts, or is told what is true. */
import { describe, expect, it } from 'vitest';
import { type Asked, isRefusal } from '../../../src/restore/decisions/decision.ts';
import { decisions, type Judgement } from '../../../src/restore/decisions/index.ts';
import type { GateName, RestoreEvent } from '../../../src/restore/record/events.ts';
import { ran } from '../support/facts.ts';
import {
  ana,
  bo,
  commitGate,
  cy,
  minute,
  passed,
  personOf,
  proposed,
  signed,
  startedAt,
  stateOf,
  stopGate,
  untilCommitGate,
  untilLook,
  untilOrdered,
  untilSigned,
  untilStopGate,
  untilStopped,
} from '../support/story.ts';

const jobKey = { role: 'ads', environment: 'prod', name: 'web' };

const letReconcile = (asked: Asked): Judgement => decisions['let-reconcile'].judge(asked, {});

type Decide = (asked: Asked) => Judgement;
const signOff =
  (gate: GateName, digest: string): Decide =>
  (asked) =>
    decisions['sign-off'].judge(asked, { gate, digest, comment: '' });
const decline =
  (gate: GateName, digest: string): Decide =>
  (asked) =>
    decisions.decline.judge(asked, { gate, digest, reason: 'not tonight' });
const commit: Decide = (asked) => decisions.commit.judge(asked, { digest: 'c1', typedCluster: 'east' });
const edit: Decide = (asked) =>
  decisions['leave-out'].judge(
    { ...asked, staged: ['t1', 't2'].map((taskId) => ({ taskId, jobKey, status: 'RUNNING' })) },
    { digest: 'c1', jobs: [], taskIds: ['t1'], reason: 'stopped' },
  );
const goBack: Decide = (asked) => decisions['go-back'].judge(asked, { reason: 'it kills too much' });
const extend: Decide = (asked) => decisions['more-time'].judge(asked, { byMs: minute });

interface Stand {
  readonly stand: string;
  readonly events: readonly (RestoreEvent | readonly [RestoreEvent, number])[];
  readonly minutes?: number;
  readonly by?: typeof ana;
}

/** What cy (who has not signed unless it says so) is told; `counts` when it is written. */
function told({ events, minutes = 0, by = cy }: Stand, decide: Decide): string {
  const verdict = decide({
    state: stateOf(events),
    voter: { person: personOf(by), isApprover: true, unread: [] },
    now: startedAt + minutes * minute,
    staged: [],
  });
  return isRefusal(verdict) ? `${verdict.code}: ${verdict.message} ${verdict.hint}` : 'counts';
}

const aborted: RestoreEvent = { type: 'abort-ordered', person: ana, reason: 'wrong backup' };
const declined = (gate: 'stop' | 'commit', digest: string): RestoreEvent => ({
  type: 'declined',
  gate,
  digest,
  person: bo,
  reason: 'not tonight',
});
const edited: RestoreEvent = {
  type: 'edit-ordered',
  digest: 'c1',
  person: ana,
  taskIds: ['t9'],
  reason: 'stopped on purpose',
};
const foreign: RestoreEvent = {
  type: 'foreign-hand',
  act: 'unloaded',
  host: 'aurora-1',
  message: 'Nothing is staged on aurora-1 any more.',
  hint: 'Find who it was.',
};
const lost = (signOffs: 'kept' | 'void'): RestoreEvent => ({
  type: 'taken-back',
  to: 'find-elected',
  code: 'cost-grew',
  message: 'It would kill 9 tasks more than was signed.',
  signOffs,
});
const fell: readonly RestoreEvent[] = [
  { type: 'refused', person: bo, what: 'commit', code: 'signer-fell', message: 'cy may not any more' },
  { type: 'gate-expired', gate: 'commit' },
];
const late = (gate: GateName): readonly [RestoreEvent, number] => [
  { type: 'gate-expired', gate },
  startedAt + 30 * minute,
];

describe('the gate of the stop', () => {
  const stands: readonly (Stand & { signs: RegExp; declines: RegExp })[] = [
    { stand: 'not there yet', events: [proposed()], signs: /^gate-not-open/, declines: /^gate-not-open/ },
    { stand: 'open', events: untilStopGate(), signs: /^counts/, declines: /^counts/ },
    {
      stand: 'open for something else',
      events: [...untilStopGate().slice(0, -1), stopGate('d2')],
      signs: /^digest-changed: What that message was about has changed since\. Read the new numbers/,
      declines: /^digest-changed: What that message was about has changed since\./,
    },
    {
      stand: 'late, and nobody has written it down',
      events: untilStopGate(),
      minutes: 30,
      signs: /^gate-expired: Too late: its time has run out\. No host was touched/,
      declines: /^gate-expired: Too late/,
    },
    {
      stand: 'late',
      events: [...untilStopGate(), late('stop')],
      minutes: 31,
      signs: /^gate-expired: .* Propose it again/,
      declines: /^gate-expired/,
    },
    {
      stand: 'passed',
      events: untilStopped(),
      signs: /^gate-passed: That has been decided already, signed by bo\./,
      declines: /^gate-passed: .* signed by bo\./,
    },
    {
      stand: 'declined',
      events: [...untilStopGate(), declined('stop', 'd1')],
      signs: /^gate-declined: bo has declined it/,
      declines: /^gate-declined: bo has declined it/,
    },
    {
      stand: 'left behind by an abort',
      events: [...untilCommitGate(), aborted],
      signs: /^undo-already/,
      declines: /^undo-already/,
    },
  ];

  it.each(stands)('$stand', ({ signs, declines, ...stand }) => {
    expect(told(stand, signOff('stop', 'd1'))).toMatch(signs);
    expect(told(stand, decline('stop', 'd1'))).toMatch(declines);
  });
});

describe('the gate of the commit', () => {
  const all = (what: RegExp) => ({ signs: what, declines: what, commits: what, edits: what });
  const signedByCy = [...untilCommitGate(), signed('commit', bo, 'c1'), signed('commit', ana, 'c1')];
  const stands: readonly (Stand & { signs: RegExp; declines: RegExp; commits: RegExp; edits: RegExp })[] = [
    { stand: 'not there yet', events: untilStopped(), ...all(/^gate-not-open/) },
    {
      stand: 'open, with no signature',
      events: untilCommitGate(),
      ...all(/^counts/),
      commits: /^sign-offs-missing: 2 more/,
    },
    {
      stand: 'open, with all signatures',
      events: signedByCy,
      ...all(/^counts/),
      commits: /^not-a-signer: .* bo or ana/,
    },
    {
      stand: 'signed, and the time to commit is over',
      events: untilSigned(),
      minutes: 15,
      by: bo,
      signs: /^already-signed/,
      declines: /^gate-expired: Too late: its time has run out\. It opens again without sign-offs/,
      commits: /^gate-expired: Too late: its time has run out\. It opens again without sign-offs/,
      edits: /^gate-expired: Too late/,
    },
    {
      stand: 'late, and nobody has written it down',
      events: untilCommitGate(),
      minutes: 30,
      ...all(/^gate-expired: Too late: its time has run out\. It opens again/),
    },
    {
      stand: 'late',
      events: [...untilCommitGate(), late('commit')],
      minutes: 31,
      ...all(/^gate-expired: Too late: its time has run out\. It opens again/),
    },
    {
      stand: 'voided by somebody who left tasks out',
      events: [...untilSigned(), edited],
      ...all(/^gate-voided: .*voided a moment ago: ana has left tasks out of it\. .*look at the new numbers/),
    },
    {
      stand: "voided by somebody else's hand",
      events: [...untilSigned(), foreign],
      ...all(/^gate-voided: .*voided a moment ago: Nothing is staged on aurora-1 any more\./),
    },
    {
      stand: 'voided by what it costs now',
      events: [...untilOrdered(), lost('void')],
      ...all(/^gate-voided: .*It would kill 9 tasks more than was signed\./),
    },
    {
      stand: 'voided by a signer who may not sign any more',
      events: [...untilOrdered(), ...fell],
      ...all(/^gate-voided: .*Somebody who signed may no longer sign\./),
    },
    {
      stand: 'open again for something else after it was voided',
      events: [...untilSigned(), edited, ...ran('summarise-staged'), commitGate('c2')],
      ...all(
        /^digest-changed: What that message was about has changed since\. ana has left tasks out of it\. Read the new/,
      ),
    },
    {
      stand: 'taken back with its signatures, and made again',
      events: [...untilSigned(), lost('kept')],
      signs: /^already-signed/,
      declines: /^counts/,
      commits: /^made-again/,
      edits: /^made-again/,
    },
    {
      stand: 'ordered',
      events: untilOrdered(),
      signs: /^already-signed/,
      declines: /^committed-already/,
      commits: /^committed-already/,
      edits: /^committed-already/,
    },
    {
      stand: 'passed',
      events: [...untilOrdered(), passed('commit', 'c1', [bo, cy])],
      signs: /^gate-passed: That has been decided already, signed by bo and cy\./,
      declines: /^gate-passed: .*signed by bo and cy/,
      commits: /^committed-already/,
      edits: /^gate-passed/,
    },
    {
      stand: 'declined',
      events: [...untilCommitGate(), declined('commit', 'c1')],
      ...all(/^gate-declined: bo has declined it/),
    },
    { stand: 'left behind by an abort', events: [...untilSigned(), aborted], ...all(/^undo-already/) },
  ];

  it.each(stands)('$stand', ({ signs, declines, commits, edits, ...stand }) => {
    expect(told(stand, signOff('commit', 'c1')), 'sign-off').toMatch(signs);
    expect(told(stand, decline('commit', 'c1')), 'decline').toMatch(declines);
    expect(told(stand, commit), 'commit').toMatch(commits);
    expect(told(stand, edit), 'edit').toMatch(edits);
  });
});

describe('the gate that leads back, and the second look', () => {
  const back: RestoreEvent = {
    type: 'gate-opened',
    gate: 'go-back',
    digest: 'g1',
    needed: 2,
    expiresAt: startedAt + 30 * minute,
  };
  const released = (person: typeof ana | null): RestoreEvent => ({ type: 'release-ordered', person });
  const all = (what: RegExp) => ({
    signs: what,
    declines: what,
    goesBack: what,
    releases: what,
    extends: what,
  });
  const stands: readonly (Stand & ReturnType<typeof all>)[] = [
    {
      stand: 'before the commit',
      events: untilSigned(),
      ...all(/^no-second-look: The second look is not open yet/),
      signs: /^gate-not-open/,
      declines: /^gate-not-open/,
      goesBack: /^no-second-look: Nothing was committed, .*Stop it instead/,
    },
    {
      stand: 'between the commit and the look',
      events: [...untilOrdered(), passed('commit', 'c1', [bo, cy])],
      ...all(/^no-second-look: The second look is not open yet/),
      signs: /^gate-not-open/,
      declines: /^gate-not-open/,
    },
    {
      stand: 'the look is open',
      events: untilLook(),
      ...all(/^counts/),
      signs: /^gate-not-open/,
      declines: /^gate-not-open/,
    },
    {
      stand: 'going back is proposed',
      events: [...untilLook(), back, signed('go-back', bo, 'g1')],
      ...all(/^counts/),
      releases: /^going-back/,
    },
    {
      stand: 'the time of going back is over',
      events: [...untilLook(), back, late('go-back')],
      minutes: 31,
      ...all(/^counts/),
      signs: /^gate-expired: Too late: its time has run out\. Propose going back again/,
      declines: /^gate-expired/,
    },
    {
      stand: 'somebody has let it reconcile',
      events: [...untilLook(), back, late('go-back'), [released(bo), startedAt + 30 * minute]],
      minutes: 31,
      ...all(/^released-already: The second look is over: bo has let it reconcile, .*as another restore/),
    },
    {
      stand: 'the time of the look is over',
      events: [...untilLook(), released(null)],
      ...all(/^released-already: The second look is over: its time has run out/),
      signs: /^released-already/,
      declines: /^released-already/,
    },
    {
      stand: 'everything is being put back',
      events: [
        ...untilLook(),
        back,
        signed('go-back', bo, 'g1'),
        signed('go-back', ana, 'g1'),
        passed('go-back', 'g1', [bo, ana]),
      ],
      ...all(/^undo-already/),
    },
  ];

  it.each(stands)('$stand', ({ signs, declines, goesBack, releases, extends: longer, ...stand }) => {
    expect(told(stand, signOff('go-back', 'g1')), 'sign-off').toMatch(signs);
    expect(told(stand, decline('go-back', 'g1')), 'decline').toMatch(declines);
    expect(told(stand, goBack), 'going back').toMatch(goesBack);
    expect(told(stand, letReconcile), 'letting it reconcile').toMatch(releases);
    expect(told(stand, extend), 'more time').toMatch(longer);
  });
});
