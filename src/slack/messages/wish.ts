/** The answers to who typed or said what only a button decides, and to what cannot be answered as it was said. */
import type { Button } from '@slack/types';
import type { RestoreState } from '../../restore/record/state.ts';
import { actionIds } from '../action-ids.ts';
import { actions, button, type Message, message, section } from '../blocks.ts';
import { code } from '../escape.ts';
import { buttonsFor } from './buttons.ts';
import { stateWords } from './card.ts';
import { restoreName } from './status.ts';

/** Restores that are named in one answer. */
const shownMax = 5;

/** `labels` are the buttons that would do it, by restore; a restore that offers none now has none there. */
export function renderWish(view: {
  verb: string;
  /** The actions that would do it, likeliest first. */
  actionIds: readonly string[];
  restores: readonly RestoreState[];
  links: ReadonlyMap<string, string>;
  /** Where it was asked about. */
  cluster: string | null;
}): Message {
  const { verb, restores, links, cluster } = view;
  if (restores.length === 0)
    return message([
      section(
        `*No restore${cluster === null ? '' : ` of ${code(cluster)}`} is in progress, so there is nothing to ${verb}.*`,
      ),
    ]);
  return message(
    restores.slice(0, shownMax).map((state) => {
      const where = `${restoreName(state.restoreId, links)} of ${code(state.proposal.cluster)}`;
      const label = labelOf(state, view.actionIds);
      return section(
        label === null
          ? `*There is nothing to ${verb} now in ${where}:* it is ${stateWords(state)}, and its card has the buttons for that.`
          : `*Nothing was done: press ${label} on the card of ${where}.*`,
      );
    }),
  );
}

/** `Pause…`, or the way to it behind the menu; `null` where the card offers none of them now. */
function labelOf(state: RestoreState, wanted: readonly string[]): string | null {
  const offered = buttonsFor(state).flatMap((each) =>
    each.type === 'button'
      ? [{ actionId: each.action_id ?? '', label: quoted(each.text.text) }]
      : each.options.map((option) => ({
          actionId: option.value?.split(' ')[0] ?? '',
          label: `\`⋯\` and then ${quoted(option.text.text)}`,
        })),
  );
  const found = wanted.map((actionId) => offered.find((each) => each.actionId === actionId));
  return found.find((each) => each !== undefined)?.label ?? null;
}

function quoted(label: string): string {
  return `"${label}"`;
}

/** Before anything is stopped by what somebody said. */
export function renderAskAbort(state: RestoreState, sealed: string): Message {
  return message([
    section(
      `*Nothing is stopped yet: press the button to stop ${state.restoreId} of ${code(state.proposal.cluster)}.*`,
    ),
    ...actions([stopButton(sealed)]),
  ]);
}

/** `sealed`: for a sentence that spoke of stopping a restore that can be stopped; `null` otherwise. */
export function renderUnclear(sealed: string | null): Message {
  return message([
    section(
      `*Nothing was done: I act on a single word only.* Say \`status\`, \`who\`, \`leader\`, \`history\` or \`help\`${sealed === null ? '; everything else is a button of the card' : ', or press the button to stop this restore'}.`,
    ),
    ...actions(sealed === null ? [] : [stopButton(sealed)]),
  ]);
}

function stopButton(sealed: string): Button {
  return button({ actionId: actionIds.askAbort, label: 'Stop this restore…', value: sealed });
}

/** For what a mention does not do. */
export function renderTyped(name: string): Message {
  return message([
    section(
      `*Type ${code(`/aurora ${name}`)} in the channel itself:* I cannot do that when I am mentioned, and Slack takes no commands in a thread.`,
    ),
  ]);
}
