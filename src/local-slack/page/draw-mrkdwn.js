import { h } from './dom.js';
import { emoji } from './emoji.js';
import { formatDate, parseMrkdwn, safeUrl } from './mrkdwn.js';
import { displayName } from './people.js';
import { findChannel, findGroup, findUser, openChannel, store } from './store.js';

// Markup as elements. Text only ever becomes text nodes, addresses only http, https and mailto.

/** mrkdwn as inline and block elements. */
export function drawMrkdwn(source) {
  return parseMrkdwn(source).map(drawNode);
}

/** A text object of Block Kit. */
export function drawText(text) {
  return text.type === 'mrkdwn' ? drawMrkdwn(text.text) : drawPlain(text.text);
}

/** plain_text: only emoji names are turned. */
export function drawPlain(text) {
  return text.split(/(:[a-z0-9_+-]+:)/).map((part) => emoji[part.slice(1, -1)] ?? part);
}

function drawNode(node) {
  switch (node.type) {
    case 'text':
      return node.text;
    case 'bold':
      return h('strong', null, node.children.map(drawNode));
    case 'italic':
      return h('em', null, node.children.map(drawNode));
    case 'strike':
      return h('s', null, node.children.map(drawNode));
    case 'code':
      return h('code', null, node.text);
    case 'pre':
      return h('pre', null, node.text);
    case 'quote':
      return h('blockquote', null, node.children.map(drawNode));
    case 'link':
      return drawLink(node.url, node.label);
    case 'user':
      return drawUser(node.id, node.label);
    case 'channel':
      return drawChannel(node.id, node.label);
    case 'usergroup':
      return drawGroup(node.id, node.label);
    case 'broadcast':
      return h('span', { class: 'mention broadcast' }, `@${node.range}`);
    case 'date':
      return drawDate(node);
    case 'emoji':
      return drawEmoji(node.name);
  }
}

export function drawLink(url, label) {
  const safe = safeUrl(url);
  if (safe === null) return label;
  return h('a', { href: safe, target: '_blank', rel: 'noreferrer noopener', title: safe }, drawPlain(label));
}

export function drawUser(id, label = null) {
  const user = findUser(id);
  const mine = id === store.me ? ' mine' : '';
  return h(
    'span',
    { class: `mention${mine}`, title: user === undefined ? id : displayName(id) },
    `@${user?.name ?? label ?? id}`,
  );
}

export function drawChannel(id, label = null) {
  const channel = findChannel(id);
  if (channel === undefined) return h('span', { class: 'mention' }, `#${label ?? id}`);
  return h(
    'button',
    { type: 'button', class: 'mention', onclick: () => openChannel(id) },
    `#${channel.name}`,
  );
}

export function drawGroup(id, label = null) {
  const group = findGroup(id);
  const mine = group?.users.includes(store.me) ? ' mine' : '';
  return h('span', { class: `mention${mine}`, title: group?.name ?? id }, `@${group?.handle ?? label ?? id}`);
}

export function drawEmoji(name, unicode) {
  const shown = emoji[name] ?? (unicode ? String.fromCodePoint(Number.parseInt(unicode, 16)) : null);
  return shown === null ? `:${name}:` : h('span', { class: 'emoji', title: `:${name}:` }, shown);
}

/** An instant in the reader's time zone, the exact one behind it. */
export function drawDate({ timestamp, format, url, fallback }) {
  const instant = new Date(timestamp * 1000);
  const valid = Number.isFinite(instant.getTime());
  const time = h(
    'time',
    {
      datetime: valid ? instant.toISOString() : null,
      title: valid ? instant.toString() : fallback,
      dataset: { format, timestamp },
    },
    valid ? formatDate(timestamp, format) : fallback,
  );
  return url ? h('a', { href: url, target: '_blank', rel: 'noreferrer noopener' }, time) : time;
}

/** `{ago}` grows old: draws such instants again. */
export function refreshDates() {
  for (const time of document.querySelectorAll('time[data-format*="{ago}"]'))
    time.textContent = formatDate(Number(time.dataset.timestamp), time.dataset.format);
}
