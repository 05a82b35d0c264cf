/**
 * The points that every run has to meet: what the plans of the product say, and what its steps ask hosts for. More than
 * these are met (whatever a program passes is a point); one of these that is not met was not tested.
 */
import type { RestoreProcedure } from '../../src/aurora/cluster.ts';
import { procedures } from '../../src/restore/procedures/index.ts';
import { undoPlan } from '../../src/restore/procedures/parts.ts';
import type { PlanItem } from '../../src/restore/procedures/plan.ts';
import { type Operation, operationsOf, undoOperationsOf } from './known-operations.ts';
import type { Scene } from './scene.ts';

/** Their full names, sorted. */
export function listKnownPoints(scenes: readonly Scene[]): readonly string[] {
  return [...new Set(scenes.flatMap(pointsOfScene))].sort();
}

/** The known ones of these scenes that are not among `met`. */
export function findNeverMet(scenes: readonly Scene[], met: ReadonlySet<string>): readonly string[] {
  return listKnownPoints(scenes).filter((point) => !met.has(point));
}

function pointsOfScene({ procedure, story }: Scene): readonly string[] {
  const forward = [
    ...forwardEvents(procedure).flatMap(botPoints),
    ...operationsOf(procedure).flatMap(around),
  ];
  const undo = [
    ...undoEvents(story).flatMap(botPoints),
    ...undoOperationsOf(procedure, story).flatMap(around),
  ];
  return [
    // A way out leaves the procedure in the middle: its end is met by the story that goes to the end.
    ...(story === 'restore' ? forward.map((point) => `${point}@${procedure}`) : []),
    ...(story === 'restore' ? [] : undo.map((point) => `${point}@${procedure}/${story}`)),
  ];
}

function forwardEvents(procedure: RestoreProcedure): readonly string[] {
  return [
    'restore-proposed',
    ...procedures[procedure].plan.flatMap(eventsOfItem),
    'commit-ordered',
    'look-opened',
    'release-ordered',
    'restore-ended:completed',
  ];
}

function undoEvents(story: Scene['story']): readonly string[] {
  const decided =
    story === 'abort'
      ? ['abort-ordered']
      : ['gate-opened:go-back', 'signed-off:go-back', 'gate-passed:go-back'];
  const steps = undoPlan.filter(({ name }) => name.startsWith('undo-'));
  return [...decided, ...steps.flatMap(eventsOfItem), 'restore-ended:undone'];
}

function eventsOfItem(item: PlanItem): readonly string[] {
  switch (item.kind) {
    case 'step':
      return [`step-started:${item.name}`, `step-completed:${item.name}`];
    case 'gate':
      return [`gate-opened:${item.name}`, `signed-off:${item.name}`, `gate-passed:${item.name}`];
    case 'look':
      return [];
  }
}

const botPoints = (event: string): readonly string[] => [`bot:before:${event}`, `bot:after:${event}`];

/** Around one operation: the bot's two lines, the agent's, and each effect on the host. */
function around({ step, kind, effects }: Operation): readonly string[] {
  const name = `${step}:${kind}`;
  const lines = effects.length === 0 ? ['accepted', 'ended'] : ['accepted', 'started', 'ended'];
  return [
    ...['operation-requested', 'operation-finished'].flatMap((event) => botPoints(`${event}:${name}`)),
    ...lines.flatMap((line) => ['before', 'after'].map((when) => `agent:${when}:${name}:${line}`)),
    ...effects.flatMap((effect) => momentsOf(effect).map((when) => `agent:${when}:${name}:${effect}`)),
  ];
}

/** A name is there or not; what is run or called takes time. */
function momentsOf(effect: string): readonly string[] {
  return /^(rename|mkdir)-/.test(effect) ? ['before', 'after'] : ['before', 'during', 'after'];
}
