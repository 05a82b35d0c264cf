import { h } from './dom.js';
import { drawElement } from './draw-elements.js';
import { drawMarkdown } from './draw-markdown.js';
import { drawPlain, drawText } from './draw-mrkdwn.js';
import { drawRichText } from './draw-rich-text.js';
import { icon } from './icons.js';

/**
 * Blocks as elements. `place` says where their controls live: `{ channel, ts }` or `{ view_id }`, and for a modal also how
 * its fields are kept (`field`) and which errors they have.
 */
export function drawBlocks(blocks, place) {
  return blocks.map((block) => h('div', { class: `block block-${block.type}` }, drawBlock(block, place)));
}

function drawBlock(block, place) {
  switch (block.type) {
    case 'divider':
      return h('hr');
    case 'header':
      return h('h3', null, drawPlain(block.text.text));
    case 'section':
      return [
        h(
          'div',
          { class: 'section-body' },
          block.text ? h('div', { class: 'text' }, drawText(block.text)) : null,
          block.fields
            ? h(
                'div',
                { class: 'fields' },
                block.fields.map((field) => h('div', { class: 'text' }, drawText(field))),
              )
            : null,
        ),
        block.accessory ? h('div', { class: 'accessory' }, drawAccessory(block, place)) : null,
      ];
    case 'context':
      return block.elements.map((element) =>
        element.type === 'image'
          ? drawImage(element, 'small')
          : h('span', { class: 'text' }, drawText(element)),
      );
    case 'actions':
      return block.elements.map((element) => drawElement(element, block, place));
    case 'image':
      return h(
        'figure',
        null,
        block.title ? h('figcaption', null, drawPlain(block.title.text)) : null,
        drawImage(block, 'large'),
      );
    case 'markdown':
      return drawMarkdown(block.text);
    case 'rich_text':
      return drawRichText(block);
    case 'table':
      return drawTable(block);
    case 'input':
      return drawInput(block, place);
    default:
      return h('em', null, `A block of the kind “${block.type}”, which this page cannot draw.`);
  }
}

function drawAccessory(block, place) {
  return block.accessory.type === 'image'
    ? drawImage(block.accessory, 'medium')
    : drawElement(block.accessory, block, place);
}

/** Only our own images are loaded: nothing is fetched from elsewhere, so others show what they are of. */
function drawImage(image, size) {
  const own = typeof image.image_url === 'string' && image.image_url.startsWith(`${location.origin}/`);
  if (own) return h('img', { class: `picture ${size}`, src: image.image_url, alt: image.alt_text });
  return h(
    'span',
    { class: `picture ${size} absent`, title: image.image_url ?? '' },
    icon('file'),
    image.alt_text,
  );
}

function drawTable(block) {
  const [head, ...body] = block.rows;
  const settings = block.column_settings ?? [];
  const cell = (tag) => (content, column) => {
    const numeric = content.type === 'raw_number';
    const align = settings[column]?.align ?? (numeric ? 'right' : 'left');
    const wrap = settings[column]?.is_wrapped ? ' wrapped' : '';
    return h(
      tag,
      { class: `align-${align}${wrap}` },
      content.type === 'rich_text' ? drawRichText(content) : drawPlain(content.text),
    );
  };
  return h(
    'div',
    { class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': 'Table' },
    h(
      'table',
      null,
      h('thead', null, h('tr', null, head.map(cell('th')))),
      h(
        'tbody',
        null,
        body.map((row) => h('tr', null, row.map(cell('td')))),
      ),
    ),
  );
}

function drawInput(block, place) {
  const id = `${place.view_id ?? place.ts}-${block.block_id}`;
  const error = place.errors?.[block.block_id];
  return h(
    'div',
    { class: `input${error ? ' wrong' : ''}` },
    h(
      'label',
      { for: id },
      drawPlain(block.label.text),
      block.optional ? h('span', { class: 'optional' }, ' (optional)') : null,
    ),
    drawElement(block.element, block, { ...place, inputId: id, describedBy: error ? `${id}-error` : null }),
    error ? h('p', { class: 'error', id: `${id}-error`, role: 'alert' }, error) : null,
    block.hint ? h('p', { class: 'hint' }, drawPlain(block.hint.text)) : null,
  );
}
