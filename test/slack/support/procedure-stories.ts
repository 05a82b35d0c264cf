/** Restores of any procedure as its plan says, by every way out of it: a procedure that is added is told without being named. */
import { undoPlan } from '../../../src/restore/procedures/parts.ts';
import type { PlanItem, ProcedureDefinition } from '../../../src/restore/procedures/plan.ts';
import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import type { StepName } from '../../../src/restore/record/facts.ts';
import { ana, bo, cy } from '../../restore/support/story.ts';
import { blast, commitDigest, opened, passed, proposal, ran, runAll, signed } from './whole-story.ts';

const pause: RestoreEvent = { type: 'pause-ordered', person: cy, reason: 'ads is still counting' };
const until = Date.UTC(2026, 10, 23, 15, 5);

/** By the way they go. */
export function storiesOf(
  definition: ProcedureDefinition,
): Readonly<Record<string, readonly RestoreEvent[]>> {
  const upTo = (...place: Place) => playedUpTo(definition, place);
  const asked = [...upTo('gate', 'commit'), opened('commit', 2, 38)];
  const looking: readonly RestoreEvent[] = [...upTo('look', 'look'), { type: 'look-opened', until }];
  return {
    completed: [
      ...upTo('step', 'report'),
      ...runAll('report'),
      { type: 'restore-ended', outcome: 'completed', message: 'Restored and verified.' },
    ],
    aborted: [...asked, { type: 'abort-ordered', person: ana, reason: 'not this one' }, ...undone],
    'declined at the commit': [
      ...asked,
      { type: 'declined', gate: 'commit', digest: commitDigest, person: bo, reason: 'not during the sale' },
      { type: 'abort-ordered', person: bo, reason: 'the commit was declined' },
      ...undone,
    ],
    'gone back': [
      ...looking,
      opened('go-back', 2, 60),
      signed('go-back', bo, 'bidder misbehaves'),
      signed('go-back', cy),
      passed('go-back', bo, cy),
      ...undone,
    ],
    'not gone back in time': [
      ...looking,
      opened('go-back', 2, 60),
      { type: 'gate-expired', gate: 'go-back' },
    ],
    'changed while people look': [
      ...looking,
      { type: 'noticed', code: 'changed', message: 'Something has reconciled.', hint: 'Decide now.' },
    ],
    'paused at the gate': [...asked, pause, { type: 'resume-ordered', person: bo }],
    'paused at the look': [...looking, pause, { type: 'resume-ordered', person: bo }],
    'made once more': madeOnceMore(definition, asked),
    'touched by a foreign hand': [
      ...asked,
      signed('commit', bo),
      { type: 'foreign-hand', act: 'started', host: 'aurora-1', message: 'It runs.', hint: 'Stop it.' },
      { type: 'look-again-ordered', person: bo },
    ],
    ...Object.fromEntries(
      stepsOf(definition).map((step) => [`stuck at ${step}`, [...upTo('step', step), ...failed(step)]]),
    ),
  };
}

/** Its steps, in order. */
function stepsOf({ plan }: ProcedureDefinition): readonly StepName[] {
  return plan.flatMap((item) => (item.kind === 'step' ? [item.name] : []));
}

type Place = [kind: PlanItem['kind'], name: PlanItem['name']];

function playedUpTo(definition: ProcedureDefinition, [kind, name]: Place): readonly RestoreEvent[] {
  const end = definition.plan.findIndex((item) => item.kind === kind && item.name === name);
  return [proposalOf(definition), ...played(definition, definition.plan.slice(0, end))];
}

function proposalOf({ name, source }: ProcedureDefinition): RestoreEvent {
  return {
    ...proposal,
    procedure: name,
    procedureReason: 'configured for this cluster',
    ...(source === 'set-aside-log' && { of: 'R0' }),
  };
}

function played({ summaryStep }: ProcedureDefinition, items: readonly PlanItem[]): readonly RestoreEvent[] {
  return items.flatMap((item) => {
    if (item.kind === 'gate') return item.name === 'stop' ? approved : committed;
    if (item.kind === 'look') return released;
    return item.name === summaryStep
      ? ran(summaryStep, { tasks: 9, blast, commitDigest, unchangedSincePlan: false })
      : ran(item.name);
  });
}

const approved: readonly RestoreEvent[] = [opened('stop', 1, 30), signed('stop', bo), passed('stop', bo)];
const released: readonly RestoreEvent[] = [
  { type: 'look-opened', until },
  { type: 'release-ordered', person: cy },
];
const committed: readonly RestoreEvent[] = [
  opened('commit', 2, 38),
  signed('commit', bo),
  signed('commit', cy),
  { type: 'commit-ordered', digest: commitDigest, person: cy },
  passed('commit', bo, cy),
];

/** Begun anew from the step before the gate, after both have signed; the same comes out. */
function madeOnceMore(
  definition: ProcedureDefinition,
  asked: readonly RestoreEvent[],
): readonly RestoreEvent[] {
  const { plan, summaryStep } = definition;
  const item = plan.filter(({ name }) => name === summaryStep);
  return [
    ...asked,
    signed('commit', bo),
    signed('commit', cy),
    {
      type: 'taken-back',
      to: summaryStep,
      code: 'two-elected',
      message: 'aurora-1 believes it is elected, but aurora-2 holds the election in ZooKeeper.',
      signOffs: 'kept',
    },
    ...played(definition, item),
  ];
}

const undone: readonly RestoreEvent[] = [
  ...undoPlan.flatMap((item) => (item.kind === 'step' ? ran(item.name) : [])),
  { type: 'restore-ended', outcome: 'undone', message: 'Everything was put back before a commit.' },
];

function failed(step: StepName): readonly RestoreEvent[] {
  return [
    { type: 'step-started', step, attempt: 1 },
    {
      type: 'step-failed',
      step,
      code: 'agent-unreachable',
      message: 'aurora-2 does not answer since 14:31.',
      hint: 'Start its agent.',
    },
  ];
}
