import { h } from './dom.js';
import { drawEmoji, drawLink } from './draw-mrkdwn.js';

// The plain part of Markdown: headings, lists, quotes, fences, tables, and inline marks.

/** A `markdown` block's text as elements. */
export function drawMarkdown(source) {
  const lines = source.split('\n');
  const out = [];
  let at = 0;
  const takeWhile = (test) => {
    const taken = [];
    while (at < lines.length && test(lines[at])) taken.push(lines[at++]);
    return taken;
  };
  while (at < lines.length) {
    const line = lines[at];
    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    if (line.trim() === '') at += 1;
    else if (line.startsWith('```')) {
      at += 1;
      out.push(h('pre', null, takeWhile((inner) => !inner.startsWith('```')).join('\n')));
      at += 1;
    } else if (heading) {
      at += 1;
      out.push(h('h4', { class: `heading-${heading[1].length}` }, drawInline(heading[2])));
    } else if (/^\s*([-*+]|\d+\.)\s+/.test(line)) {
      const items = takeWhile((inner) => /^\s*([-*+]|\d+\.)\s+/.test(inner));
      const ordered = /^\s*\d/.test(items[0]);
      const item = (text) => h('li', null, drawInline(text.replace(/^\s*([-*+]|\d+\.)\s+/, '')));
      out.push(h(ordered ? 'ol' : 'ul', null, items.map(item)));
    } else if (line.startsWith('>')) {
      const quoted = takeWhile((inner) => inner.startsWith('>')).map((inner) => inner.replace(/^> ?/, ''));
      out.push(h('blockquote', null, drawInline(quoted.join('\n'))));
    } else if (line.startsWith('|')) out.push(drawTable(takeWhile((inner) => inner.startsWith('|'))));
    else if (/^(-{3,}|\*{3,})$/.test(line.trim())) {
      at += 1;
      out.push(h('hr'));
    } else out.push(h('p', null, drawInline(takeWhile(isParagraph).join('\n'))));
  }
  return out;
}

const isParagraph = (line) => line.trim() !== '' && !/^(#{1,6}\s|```|>|\||\s*([-*+]|\d+\.)\s)/.test(line);

function drawTable(lines) {
  const cells = (line) =>
    line
      .replace(/^\||\|$/g, '')
      .split('|')
      .map((cell) => cell.trim());
  const rows = lines.filter((line) => !/^[|\s:-]+$/.test(line)).map(cells);
  const [head = [], ...body] = rows;
  return h(
    'div',
    { class: 'table-scroll' },
    h(
      'table',
      null,
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          head.map((cell) => h('th', null, drawInline(cell))),
        ),
      ),
      h(
        'tbody',
        null,
        body.map((row) =>
          h(
            'tr',
            null,
            row.map((cell) => h('td', null, drawInline(cell))),
          ),
        ),
      ),
    ),
  );
}

const inline =
  /(`[^`\n]+`)|(\*\*[^*\n]+\*\*)|(\*[^*\n]+\*|_[^_\n]+_)|(~~[^~\n]+~~)|(\[[^\]\n]+\]\([^)\s]+\))|(:[a-z0-9_+-]+:)/;

function drawInline(source) {
  const found = inline.exec(source);
  if (found === null) return [source];
  const [whole, code, bold, italic, strike, link, emoji] = found;
  const before = source.slice(0, found.index);
  const after = drawInline(source.slice(found.index + whole.length));
  let node = whole;
  if (code) node = h('code', null, code.slice(1, -1));
  else if (bold) node = h('strong', null, drawInline(bold.slice(2, -2)));
  else if (italic) node = h('em', null, drawInline(italic.slice(1, -1)));
  else if (strike) node = h('s', null, drawInline(strike.slice(2, -2)));
  else if (link) {
    const [, label, url] = /^\[([^\]]+)\]\(([^)]+)\)$/.exec(link);
    node = drawLink(url, label);
  } else if (emoji) node = drawEmoji(emoji.slice(1, -1));
  return [before, node, ...after];
}
