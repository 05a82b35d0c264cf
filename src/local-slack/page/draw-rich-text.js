import { h } from './dom.js';
import { drawChannel, drawDate, drawEmoji, drawGroup, drawLink, drawUser } from './draw-mrkdwn.js';

/** A rich_text block: parts in order, no markup parsed. */
export function drawRichText(block) {
  return block.elements.map(drawPart);
}

function drawPart(part) {
  switch (part.type) {
    case 'rich_text_section':
      return h('div', { class: 'rich-section' }, part.elements.map(drawRun));
    case 'rich_text_quote':
      return h('blockquote', null, part.elements.map(drawRun));
    case 'rich_text_preformatted':
      return h('pre', null, part.elements.map(drawRun));
    case 'rich_text_list': {
      const ordered = part.style === 'ordered';
      return h(
        ordered ? 'ol' : 'ul',
        { class: `indent-${part.indent ?? 0}`, start: ordered ? (part.offset ?? 0) + 1 : null },
        part.elements.map((item) => h('li', null, item.elements.map(drawRun))),
      );
    }
  }
}

function drawRun(run) {
  const style = run.style ?? {};
  let node = drawBare(run);
  if (style.code) node = h('code', null, node);
  if (style.bold) node = h('strong', null, node);
  if (style.italic) node = h('em', null, node);
  if (style.strike) node = h('s', null, node);
  if (style.underline) node = h('u', null, node);
  return node;
}

function drawBare(run) {
  switch (run.type) {
    case 'text':
      return run.text;
    case 'link':
      return drawLink(run.url, run.text ?? run.url);
    case 'user':
      return drawUser(run.user_id);
    case 'usergroup':
      return drawGroup(run.usergroup_id);
    case 'channel':
      return drawChannel(run.channel_id);
    case 'team':
      return run.team_id;
    case 'broadcast':
      return h('span', { class: 'mention broadcast' }, `@${run.range}`);
    case 'color':
      return h('code', null, run.value);
    case 'emoji':
      return drawEmoji(run.name, run.unicode);
    case 'date':
      return drawDate({ ...run, url: run.url ?? null, fallback: run.fallback ?? '' });
  }
}
