import { createComposer } from './composer.js';
import { h, replace } from './dom.js';
import { icon } from './icons.js';
import { showMessages } from './message-list.js';
import { avatar } from './people.js';
import { channelMessages, channelTitle, findChannel, store } from './store.js';
import { lastRead, markRead } from './unread.js';

/** The middle of the page: a channel's head, its messages, the composer. */
export function createChannelPane(root, { onMenu, onLog, onTheme }) {
  const head = h('header', { class: 'pane-head' });
  const list = h('div', { class: 'messages', role: 'log', 'aria-label': 'Messages', tabindex: '0' });
  const composer = createComposer({ inThread: false });
  root.append(head, list, composer.root);
  let shown = '';
  let unreadAfter = null;

  const show = () => {
    const channel = findChannel(store.channel);
    if (channel === undefined) return;
    const place = `${store.me} ${channel.id}`;
    const arrived = place !== shown;
    if (arrived) {
      shown = place;
      unreadAfter = lastRead(channel.id);
      list.replaceChildren();
    }
    drawHead(head, channel, { onMenu, onLog, onTheme });
    const messages = channelMessages(channel.id);
    const atEnd = arrived || list.scrollHeight - list.scrollTop - list.clientHeight < 120;
    if (messages.length === 0) replace(list, drawBeginning(channel));
    else {
      list.querySelector('.beginning')?.remove();
      showMessages(list, messages, { view: 'channel', unreadAfter, me: store.me });
    }
    composer.show();
    if (atEnd) list.scrollTop = list.scrollHeight;
    if (store.highlight !== null && arrived)
      list.querySelector(`[data-ts="${CSS.escape(store.highlight)}"]`)?.scrollIntoView({ block: 'center' });
    const newest = messages.at(-1)?.ts;
    if (newest !== undefined && atEnd && document.visibilityState === 'visible') markRead(channel.id, newest);
  };
  return { show, focus: composer.focus, startCommand: composer.startCommand };
}

function drawHead(head, channel, { onMenu, onLog, onTheme }) {
  const direct = channel.kind === 'direct';
  const focused = head.contains(document.activeElement) ? document.activeElement.dataset.focus : undefined;
  replace(
    head,
    h(
      'button',
      {
        type: 'button',
        class: 'icon-button menu-button',
        'aria-label': 'Channels and people',
        dataset: { focus: 'menu' },
        onclick: onMenu,
      },
      icon('menu'),
    ),
    h(
      'div',
      { class: 'title' },
      h(
        'h1',
        null,
        direct
          ? avatar(
              channel.members.find((id) => id !== store.me),
              'tiny',
            )
          : icon(channel.kind === 'private' ? 'lock' : 'hash'),
        channelTitle(channel),
      ),
      channel.topic.value ? h('p', { class: 'topic' }, channel.topic.value) : null,
    ),
    h(
      'div',
      { class: 'head-tools' },
      h(
        'span',
        { class: 'members', title: `${channel.members.length} members` },
        channel.members.slice(0, 3).map((id) => avatar(id, 'tiny')),
        h('span', null, channel.members.length),
      ),
      h(
        'button',
        {
          type: 'button',
          class: 'icon-button',
          title: 'Light or dark',
          'aria-label': 'Light or dark',
          dataset: { focus: 'theme' },
          onclick: onTheme,
        },
        icon('moon'),
      ),
      h(
        'button',
        { type: 'button', class: 'button small', dataset: { focus: 'log', log: 'toggle' }, onclick: onLog },
        icon('pulse'),
        'Log',
      ),
    ),
  );
  if (focused !== undefined) head.querySelector(`[data-focus="${focused}"]`)?.focus();
}

function drawBeginning(channel) {
  const [command] = store.world.app.commands;
  const hasApp = channel.members.includes(store.world.app.bot_user_id);
  return h(
    'div',
    { class: 'beginning' },
    h('h2', null, channel.kind === 'direct' ? channelTitle(channel) : `# ${channel.name}`),
    h('p', null, 'This is where it begins. Nobody has said anything yet.'),
    hasApp && command
      ? h(
          'p',
          null,
          'Type ',
          h('code', null, command.command),
          ' to talk to the app; pick who you are on the left.',
        )
      : null,
  );
}
