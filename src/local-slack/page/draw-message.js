import { act } from './api.js';
import { h } from './dom.js';
import { drawBlocks } from './draw-blocks.js';
import { drawMrkdwn } from './draw-mrkdwn.js';
import { icon } from './icons.js';
import { formatDate } from './mrkdwn.js';
import { avatar, displayName, roleOf } from './people.js';
import { findUser, openThread, store } from './store.js';
import { attempt, toast } from './toast.js';
import { isThreadUnread } from './unread.js';
import { sentences } from './use-control.js';

/** One message as a row. `view` is `channel` or `thread`; `joined` rows follow the same author closely and show no face. */
export function drawMessage(message, { view, joined, fresh }) {
  const ephemeral = message.recipient !== undefined;
  const classes = ['message'];
  if (joined) classes.push('joined');
  if (ephemeral) classes.push('ephemeral');
  if (fresh) classes.push('fresh');
  if (store.highlight === message.ts) classes.push('highlight');
  return h(
    'article',
    {
      class: classes.join(' '),
      id: `${view}-${message.ts}`,
      tabindex: '-1',
      dataset: { ts: message.ts },
      'aria-label': message.plain,
    },
    h(
      'div',
      { class: 'gutter' },
      joined ? h('span', { class: 'hover-time' }, clock(message.ts)) : avatar(message.user),
    ),
    h(
      'div',
      { class: 'content' },
      ephemeral ? h('div', { class: 'only-you' }, icon('eye'), 'Only visible to you') : null,
      message.pinned_to ? h('div', { class: 'only-you' }, icon('pin'), 'Pinned to this channel') : null,
      joined ? null : drawAuthor(message),
      drawBody(message, joined),
      (message.files ?? []).map(drawFile),
      view === 'channel' && message.reply_count ? drawThreadLink(message) : null,
    ),
    ephemeral ? null : drawTools(message, view),
  );
}

function drawAuthor(message) {
  const user = findUser(message.user);
  const role = user === undefined || user.is_bot ? null : roleOf(user);
  return h(
    'header',
    null,
    h('strong', { class: 'author' }, displayName(message.user)),
    user?.is_bot ? h('span', { class: 'badge' }, 'APP') : null,
    role ? h('span', { class: 'badge quiet' }, role) : null,
    h(
      'time',
      { datetime: instant(message.ts).toISOString(), title: instant(message.ts).toString() },
      clock(message.ts),
    ),
    drawEdited(message),
  );
}

function drawBody(message, joined) {
  const place = { channel: message.channel, ts: message.ts };
  const edited = joined ? drawEdited(message) : null;
  const blocks = message.blocks ?? [];
  if (blocks.length > 0) return h('div', { class: 'body blocks' }, drawBlocks(blocks, place), edited);
  if (message.text === '') return edited;
  const gone = message.subtype === 'tombstone' ? ' gone' : '';
  return h('div', { class: `body text${gone}` }, drawMrkdwn(message.text), ' ', edited);
}

function drawEdited(message) {
  if (message.edited === undefined || message.subtype === 'tombstone') return null;
  return h('span', { class: 'edited', title: `Edited ${instant(message.edited.ts).toString()}` }, '(edited)');
}

function drawFile(file) {
  const href = new URL(file.url_private).pathname;
  if (file.mimetype.startsWith('image/'))
    return h(
      'a',
      { class: 'picture', href, target: '_blank', rel: 'noreferrer' },
      h('img', { src: href, alt: file.title }),
    );
  const size = file.size < 1024 ? `${file.size} bytes` : `${(file.size / 1024).toFixed(1)} kB`;
  return h(
    'a',
    { class: 'file', href, target: '_blank', rel: 'noreferrer' },
    icon('file'),
    h('span', null, h('strong', null, file.title), h('small', null, `${file.pretty_type} · ${size}`)),
  );
}

function drawThreadLink(message) {
  const unread = isThreadUnread(message.channel, message);
  const count = message.reply_count;
  return h(
    'button',
    {
      type: 'button',
      class: `thread-link${unread ? ' unread' : ''}`,
      dataset: { focus: 'thread' },
      onclick: () => void askForThread(message.channel, message.ts),
    },
    message.reply_users.slice(0, 4).map((id) => avatar(id, 'tiny')),
    h('span', { class: 'count' }, `${count} ${count === 1 ? 'reply' : 'replies'}`),
    h('span', { class: 'last' }, `Last reply ${formatDate(Number(message.latest_reply), '{ago}')}`),
    unread ? h('span', { class: 'dot', 'aria-label': 'unread' }) : null,
  );
}

async function askForThread(channel, ts) {
  store.threadAsked = true;
  await openThread(channel, ts);
}

function drawTools(message, view) {
  const copy = async () => {
    await navigator.clipboard?.writeText(message.permalink);
    toast('Link copied.');
  };
  return h(
    'div',
    { class: 'tools' },
    view === 'channel'
      ? h(
          'button',
          {
            type: 'button',
            class: 'icon-button',
            title: 'Reply in thread',
            'aria-label': 'Reply in thread',
            dataset: { focus: 'reply' },
            onclick: () => void askForThread(message.channel, message.thread_ts ?? message.ts),
          },
          icon('thread'),
        )
      : null,
    h(
      'button',
      {
        type: 'button',
        class: 'icon-button',
        title: 'Copy link',
        'aria-label': 'Copy link',
        dataset: { focus: 'copy' },
        onclick: () => void copy(),
      },
      icon('link'),
    ),
    store.world.app.shortcuts.map((shortcut) =>
      h(
        'button',
        {
          type: 'button',
          class: 'icon-button',
          title: shortcut.name,
          'aria-label': shortcut.name,
          dataset: { focus: `shortcut ${shortcut.callback_id}`, shortcut: shortcut.callback_id },
          onclick: () => void useShortcut(message, shortcut),
        },
        icon('star'),
      ),
    ),
  );
}

/** As "More message shortcuts" does it in Slack. */
async function useShortcut({ channel, ts }, { callback_id, name }) {
  const answer = await attempt(() => act('shortcut', { user: store.me, channel, ts, callback_id }));
  const error = answer?.result.error;
  if (error) toast(`${name}: the app did not answer.`, { hint: sentences[error] ?? error, problem: true });
}

export const instant = (ts) => new Date(Number(ts) * 1000);
const clock = (ts) => formatDate(Math.floor(Number(ts)), '{time}');
