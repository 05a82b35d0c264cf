/** What a restore leaves to do: named at its end, and ticked off by whoever has done it. */
import type { Button } from '@slack/types';
import type { EventOf } from '../../restore/record/events.ts';
import { type LeftWork, leftWorkOf, openWorkOf } from '../../restore/record/left-work.ts';
import type { RestoreState } from '../../restore/record/state.ts';
import { workWords } from '../../restore/record/work-done.ts';
import { actionIds } from '../action-ids.ts';
import { button, type Message, message, section } from '../blocks.ts';
import { plainValue } from '../decisions/dialogue.ts';
import { foreign, mention } from '../escape.ts';
import { clockTime } from '../time.ts';

/** Empty before the end, and where nothing was left; `latest` knows what is done by now. */
export function leftWorkText(latest: RestoreState): string {
  const left = leftWorkOf(latest);
  if (left.length === 0) return '';
  const [first] = openWorkOf(latest);
  const head =
    first === undefined
      ? '*Nothing is left to do.*'
      : `*Left to do*, and ${mention(first.asked.userId, first.asked.name)} is asked to see to it:`;
  return [head, ...left.map(lineOf)].join('\n');
}

function lineOf({ name, text, done }: LeftWork): string {
  return done === null
    ? `• ${foreign(text, 600)}`
    : `✓ ${mention(done.person.userId, done.person.name)} ${workWords[name]} (${clockTime(done.at)}).`;
}

/** As long as something is left. */
export function tickOffButtons(latest: RestoreState): Button[] {
  return openWorkOf(latest).length === 0
    ? []
    : [button({ actionId: actionIds.tickOff, label: 'Tick off what is done…', value: plainValue(latest) })];
}

export function renderWorkDone({ person, work }: EventOf<'left-work-done'>, state: RestoreState): Message {
  const open = openWorkOf(state).length;
  const rest = open === 0 ? 'Nothing is left to do.' : `Still to do: ${open}, see the report above.`;
  return message([section(`*${mention(person.userId, person.name)} ${workWords[work]}.* ${rest}`)]);
}
