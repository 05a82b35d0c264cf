import { z } from 'zod';
import { type Block, block } from './block-kit/blocks.ts';
import type { TextObject } from './block-kit/composition.ts';
import type { InteractiveElement } from './block-kit/elements.ts';
import type { RichTextBlock, RichTextPart, RichTextRun } from './block-kit/rich-text.ts';
import { formatDate, type MrkdwnNode, parseMrkdwn } from './page/mrkdwn.js';

/** A message as far as its words go; `blocks` are taken as they come from the wire. */
interface TextualMessage {
  readonly text?: string | undefined;
  readonly blocks?: unknown;
  readonly files?: readonly { readonly name: string; readonly size?: number }[] | undefined;
}

/** Names for ids; an id nobody knows is shown as it is. */
export interface Names {
  user?(id: string): string | undefined;
  channel?(id: string): string | undefined;
  usergroup?(id: string): string | undefined;
}

/**
 * A message as text a person can read in a terminal: mentions as `@name`, links as their label, dates as their fallback
 * (formatted in UTC without one), buttons as `[Label]`. Blocks win over `text`, as on screen; blocks that are not valid
 * are left out in favour of `text`.
 */
export function renderMessageText(message: TextualMessage, names: Names = {}): string {
  const blocks = z.array(block).safeParse(message.blocks ?? []);
  const lines =
    blocks.success && blocks.data.length > 0
      ? blocks.data.map((inner) => renderBlock(inner, names)).filter((part) => part !== '')
      : [renderMrkdwn(message.text ?? '', names)];
  const files = (message.files ?? []).map((file) => `[file: ${file.name}]`);
  return [...lines, ...files].filter((part) => part !== '').join('\n');
}

/** mrkdwn as plain text. */
export function renderMrkdwn(source: string, names: Names = {}): string {
  return renderNodes(parseMrkdwn(source), names);
}

function renderNodes(nodes: readonly MrkdwnNode[], names: Names): string {
  return nodes
    .map((node, index) => {
      const text = renderNode(node, names);
      // Quotes and code blocks stand on lines of their own.
      const isBlock = node.type === 'quote' || node.type === 'pre';
      const next = nodes[index + 1];
      return isBlock && next !== undefined ? `${text}\n` : text;
    })
    .join('');
}

function renderNode(node: MrkdwnNode, names: Names): string {
  switch (node.type) {
    case 'text':
    case 'code':
    case 'pre':
      return node.text;
    case 'bold':
    case 'italic':
    case 'strike':
      return renderNodes(node.children, names);
    case 'quote':
      return quoted(renderNodes(node.children, names));
    case 'link':
      return node.label;
    case 'user':
      return `@${names.user?.(node.id) ?? node.label ?? node.id}`;
    case 'channel':
      return `#${names.channel?.(node.id) ?? node.label ?? node.id}`;
    case 'usergroup':
      return `@${names.usergroup?.(node.id) ?? node.label ?? node.id}`;
    case 'broadcast':
      return `@${node.range}`;
    case 'date':
      return node.fallback === '' ? formatDate(node.timestamp, node.format, { utc: true }) : node.fallback;
    case 'emoji':
      return `:${node.name}:`;
  }
}

function renderBlock(inner: Block, names: Names): string {
  switch (inner.type) {
    case 'divider':
      return '---';
    case 'header':
      return inner.text.text;
    case 'markdown':
      return inner.text;
    case 'section': {
      const accessory =
        inner.accessory === undefined || inner.accessory.type === 'image'
          ? ''
          : renderElement(inner.accessory);
      const text = [inner.text, ...(inner.fields ?? [])]
        .flatMap((part) => (part === undefined ? [] : [renderText(part, names)]))
        .join('\n');
      return [text, accessory].filter((part) => part !== '').join(' ');
    }
    case 'context':
      return inner.elements
        .map((element) => (element.type === 'image' ? element.alt_text : renderText(element, names)))
        .join(' ');
    case 'actions':
      return inner.elements.map(renderElement).join(' ');
    case 'image':
      return `[image: ${inner.alt_text}]`;
    case 'input':
      return `${inner.label.text}: ${renderElement(inner.element)}`;
    case 'rich_text':
      return renderRichText(inner, names);
    case 'table':
      return renderTable(
        inner.rows.map((row) =>
          row.map((cell) => (cell.type === 'rich_text' ? renderRichText(cell, names) : cell.text)),
        ),
      );
  }
}

function renderText(text: TextObject, names: Names): string {
  return text.type === 'mrkdwn' ? renderMrkdwn(text.text, names) : text.text;
}

function renderElement(element: InteractiveElement): string {
  if (element.type === 'button') return `[${element.text.text}]`;
  if (element.type === 'overflow')
    return `[${element.options.map((option) => option.text.text).join(' | ')}]`;
  const placeholder = 'placeholder' in element ? element.placeholder?.text : undefined;
  return `[${placeholder ?? element.type.replaceAll('_', ' ')}]`;
}

function renderRichText(inner: RichTextBlock, names: Names): string {
  return inner.elements.map((part) => renderPart(part, names)).join('\n');
}

function renderPart(part: RichTextPart, names: Names): string {
  const runs = (elements: readonly RichTextRun[]) => elements.map((run) => renderRun(run, names)).join('');
  switch (part.type) {
    case 'rich_text_section':
    case 'rich_text_preformatted':
      return runs(part.elements);
    case 'rich_text_quote':
      return quoted(runs(part.elements));
    case 'rich_text_list':
      return part.elements
        .map((item, index) => {
          const bullet = part.style === 'ordered' ? `${(part.offset ?? 0) + index + 1}.` : '•';
          return `${'  '.repeat(part.indent ?? 0)}${bullet} ${runs(item.elements)}`;
        })
        .join('\n');
  }
}

function quoted(text: string): string {
  return text
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
}

function renderRun(run: RichTextRun, names: Names): string {
  switch (run.type) {
    case 'text':
      return run.text;
    case 'link':
      return run.text ?? run.url;
    case 'user':
      return `@${names.user?.(run.user_id) ?? run.user_id}`;
    case 'usergroup':
      return `@${names.usergroup?.(run.usergroup_id) ?? run.usergroup_id}`;
    case 'channel':
      return `#${names.channel?.(run.channel_id) ?? run.channel_id}`;
    case 'team':
      return run.team_id;
    case 'broadcast':
      return `@${run.range}`;
    case 'color':
      return run.value;
    case 'emoji':
      return `:${run.name}:`;
    case 'date':
      return run.fallback ?? formatDate(run.timestamp, run.format, { utc: true });
  }
}

/** Columns padded to their widest cell. */
function renderTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
        .join(' | '),
    )
    .join('\n');
}
