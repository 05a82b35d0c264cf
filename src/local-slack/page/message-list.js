import { h, reconcile } from './dom.js';
import { drawMessage, instant } from './draw-message.js';
import { formatDate } from './mrkdwn.js';
import { isThreadUnread } from './unread.js';

// Messages under each other, with days and a line where the new ones begin.

const joinWithinSeconds = 300;

/**
 * Shows `messages` in `list`. `unreadAfter` is the ts the person had read up to; `between` is drawn after the first message
 * (the reply count of a thread).
 */
export function showMessages(list, messages, { view, unreadAfter, me, between }) {
  const rows = [];
  let day = '';
  let previous = null;
  let marked = false;
  messages.forEach((message, index) => {
    const today = instant(message.ts).toDateString();
    const dayChanged = view === 'channel' && today !== day;
    if (dayChanged) rows.push({ kind: 'day', key: `day ${today}`, ts: message.ts });
    day = today;
    const isNew = unreadAfter !== null && message.ts > unreadAfter && message.user !== me;
    if (isNew && !marked && previous !== null) {
      rows.push({ kind: 'new', key: 'new' });
      marked = true;
      previous = null;
    }
    const joined = !dayChanged && previous !== null && isJoined(previous, message);
    rows.push({ kind: 'message', key: message.ts, message, joined });
    previous = message;
    if (index === 0 && between) {
      rows.push({ kind: 'between', key: 'between', text: between });
      previous = null;
    }
  });
  const known = new Set([...list.children].map((element) => element.dataset.key));
  const animate = known.size > 0;
  reconcile(list, rows, {
    key: (row) => row.key,
    signature: (row) => signatureOf(row, view),
    draw: (row) => drawRow(row, { view, fresh: animate && !known.has(row.key) }),
  });
}

/** Up and Down go from message to message, Home and End to the first and the last one; Tab then reaches what can be done with it. */
export function moveByArrows(list) {
  list.addEventListener('keydown', (event) => {
    const messages = [...list.querySelectorAll(':scope > .message')];
    const at = messages.indexOf(event.target);
    if (messages.length === 0 || (at < 0 && event.target !== list)) return;
    const from = at < 0 ? messages.length : at;
    const to = {
      ArrowUp: Math.max(0, from - 1),
      ArrowDown: Math.min(messages.length - 1, from + 1),
      Home: 0,
      End: messages.length - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    messages[to].focus();
  });
}

// Objects from the server are replaced, never changed: a number for each is enough to see a change.
const numbers = new WeakMap();
let nextNumber = 1;

function signatureOf(row, view) {
  if (row.kind !== 'message') return `${row.kind} ${row.text ?? ''}`;
  if (!numbers.has(row.message)) numbers.set(row.message, nextNumber++);
  const unread = view === 'channel' && isThreadUnread(row.message.channel, row.message);
  return `${numbers.get(row.message)} ${row.joined} ${unread}`;
}

function isJoined(previous, message) {
  return (
    previous.user === message.user &&
    (previous.recipient === undefined) === (message.recipient === undefined) &&
    !previous.reply_count &&
    Number(message.ts) - Number(previous.ts) < joinWithinSeconds &&
    message.subtype !== 'tombstone'
  );
}

function drawRow(row, options) {
  switch (row.kind) {
    case 'day':
      return h('div', { class: 'rule day' }, h('span', null, dayName(row.ts)));
    case 'new':
      return h('div', { class: 'rule new' }, h('span', null, 'New'));
    case 'between':
      return h('div', { class: 'rule between' }, h('span', null, row.text));
    default:
      return drawMessage(row.message, { ...options, joined: row.joined });
  }
}

function dayName(ts) {
  const today = new Date();
  const date = instant(ts);
  if (date.toDateString() === today.toDateString()) return 'Today';
  today.setDate(today.getDate() - 1);
  if (date.toDateString() === today.toDateString()) return 'Yesterday';
  return formatDate(Math.floor(Number(ts)), '{date_long}');
}
