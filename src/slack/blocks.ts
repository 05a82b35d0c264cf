/** Block Kit in the few shapes our messages use, always within Slack's limits (slack.md 4.1). */
import type { ActionsBlock, Button, ContextBlock, KnownBlock, Overflow, SectionBlock } from '@slack/types';

/** What is posted: `text` is the notification and what a screen reader says; both carry the same facts. */
export interface Message {
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
}

const sectionCharsMax = 2900;

/** A paragraph; longer text is cut at a line. `verbatim`: Slack turns nothing in it into a link by itself. */
export function section(text: string): SectionBlock {
  return {
    type: 'section',
    text: { type: 'mrkdwn', text: cutLines(text, sectionCharsMax), verbatim: true },
    expand: true,
  };
}

/** Small print under a paragraph. */
export function context(text: string): ContextBlock {
  return {
    type: 'context',
    elements: [{ type: 'mrkdwn', text: cutLines(text, sectionCharsMax), verbatim: true }],
  };
}

/** A row of buttons; no block when there is none. */
export function actions(buttons: readonly (Button | Overflow)[]): ActionsBlock[] {
  return buttons.length === 0 ? [] : [{ type: 'actions', elements: [...buttons] }];
}

/** A button. `value` names a thing (restore and digest); what may be done is judged when it is pressed. */
export function button(fields: {
  actionId: string;
  label: string;
  value: string;
  style?: 'primary' | 'danger';
}): Button {
  const { actionId, label, value, style } = fields;
  return {
    type: 'button',
    action_id: actionId,
    text: { type: 'plain_text', text: label.slice(0, 75) },
    value: value.slice(0, 2000),
    ...(style === undefined ? {} : { style }),
  };
}

/** Buttons that are wanted seldom, behind one `⋯`, two to five of them; a choice is `<action id> <value>`. */
export function menu(actionId: string, buttons: readonly Button[]): Overflow {
  return {
    type: 'overflow',
    action_id: actionId,
    options: buttons.map(({ action_id, text, value }) => ({
      text: { type: 'plain_text', text: text.text },
      value: `${action_id} ${value}`,
    })),
  };
}

/** A message of paragraphs; its `text` is the first ones without the buttons, within what `chat.update` takes. */
export function message(blocks: readonly KnownBlock[], paragraphs = blocks.length): Message {
  const words = blocks
    .slice(0, paragraphs)
    .flatMap((block) => (block.type === 'section' && block.text !== undefined ? [block.text.text] : []));
  return { text: cutLines(words.join('\n'), 2500), blocks };
}

/** Some rows and "and n more"; the whole list belongs into a file. */
export function listRows(rows: readonly string[], shown: number): string {
  const more = rows.length - shown;
  return [...rows.slice(0, shown), ...(more > 0 ? [`…and ${more} more`] : [])].join('\n');
}

/** Cuts between lines; a single line that is too long is cut outside of any entity, token or code span. */
function cutLines(text: string, max: number): string {
  if (text.length <= max) return text;
  const kept: string[] = [];
  let length = 2;
  for (const line of text.split('\n')) {
    if (length + line.length + 1 > max) break;
    kept.push(line);
    length += line.length + 1;
  }
  if (kept.length === 0) {
    const words = text.slice(0, max - 2).split(' ');
    kept.push(words.slice(0, Math.max(1, words.length - 1)).join(' '));
  }
  return `${kept.join('\n')}\n…`;
}
