/**
 * The one place where foreign text (task names, reasons, host output) enters a message. Promise: it cannot mention
 * anybody, forge a link, pose as our formatting, or leave the code span it was put in (slack.md 4.8).
 */

import { hideSecrets } from '../aurora/hidden.ts';
import { printable } from '../aurora/printable.ts';

/**
 * One printable line of at most `max` characters, marked with `…` where it was cut. Not escaped: only for
 * `plain_text` objects, file contents and as the input of the functions below.
 */
export function plain(text: string, max = 300): string {
  const line = printable(hideSecrets(text.slice(0, max * 8)));
  const points = [...line];
  return points.length <= max ? line : `${points.slice(0, max - 1).join('')}…`;
}

/** Foreign words inside our mrkdwn; what would format, mention or link is shown as itself. Never empty. */
export function foreign(text: string, max = 300): string {
  const shown = plain(text, max)
    .replaceAll('`', 'ˋ')
    .replaceAll('*', '∗')
    .replaceAll('~', '∼')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '＿')
    .replace(/:(?=[\p{L}\p{N}_+'-]+:)/gu, '∶');
  return shown === '' ? '–' : escapeEntities(shown);
}

/** A foreign name in a code span: `new/prod/late`. Slack parses nothing inside but entities. */
export function code(text: string, max = 120): string {
  const shown = plain(text, max).replaceAll('`', 'ˋ');
  return `\`${shown === '' ? '–' : escapeEntities(shown)}\``;
}

/** What a person wrote, in quotation marks. */
export function quote(text: string, max = 300): string {
  return `"${foreign(text, max)}"`;
}

/** A name between backticks that stands as a word of its own. */
const span = /((?<![\p{L}\p{N}`])`[^`]+`(?![\p{L}\p{N}`]))/u;

/**
 * Our own sentences that carry names in backticks, such as those of `AuroraError`; the rest is foreign. A stray backtick within a
 * word begins no span, nor ends one: it would turn all that follow inside out.
 */
export function sentence(text: string, max = 600): string {
  const parts = plain(text, max).split(span);
  const shown = parts
    .filter((part) => part !== '')
    .map((part) => (/^`[^`]+`$/.test(part) ? code(part.slice(1, -1), max) : keepEdges(part, max)))
    .join('');
  return shown === '' ? '–' : shown;
}

/** A mention of a person by an id that Slack gave us; anything else is shown as a name. */
export function mention(userId: string, name = userId): string {
  return /^[UW][A-Z0-9]{1,20}$/.test(userId) ? `<@${userId}>` : foreign(name, 80);
}

/** A mention of a user group by its id. */
export function mentionGroup(groupId: string): string {
  return /^S[A-Z0-9]{1,20}$/.test(groupId) ? `<!subteam^${groupId}>` : code(groupId);
}

/** A mention of a channel by its id: a link for whoever may see it. */
export function mentionChannel(channelId: string): string {
  return /^[CG][A-Z0-9]{1,20}$/.test(channelId) ? `<#${channelId}>` : code(channelId);
}

/** A link that shows its own address, never another one; what is no http address stays words. */
export function incidentText(incident: string): string {
  const text = plain(incident, 500);
  if (!/^https?:\/\/\S+$/i.test(text) || !URL.canParse(text)) return foreign(text, 200);
  const address = new URL(text).href.replace(/[<>|"`*~]/g, encodeURIComponent);
  return `<${escapeEntities(address)}>`;
}

/** Text of a command as Slack delivers it: decoded once, here (slack.md 4.8). */
export function decodeEntities(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

function escapeEntities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function keepEdges(part: string, max: number): string {
  if (part.trim() === '') return ' ';
  return `${part.startsWith(' ') ? ' ' : ''}${foreign(part, max)}${part.endsWith(' ') ? ' ' : ''}`;
}
