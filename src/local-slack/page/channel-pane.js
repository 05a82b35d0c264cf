import { createComposer } from './composer.js';
import { h, replace } from './dom.js';
import { drawBlocks } from './draw-blocks.js';
import { icon } from './icons.js';
import { moveByArrows, showMessages } from './message-list.js';
import { avatar, displayName } from './people.js';
import { channelMessages, channelTitle, findChannel, store } from './store.js';
import { lastRead, markRead } from './unread.js';

/** The middle of the page: a channel's head, its messages, the composer. */
export function createChannelPane(root, { onMenu, onLog, onTheme }) {
  const head = h('header', { class: 'pane-head' });
  const list = h('div', { class: 'messages', role: 'log', 'aria-label': 'Messages', tabindex: '0' });
  const composer = createComposer({ inThread: false });
  root.append(head, list, composer.root);
  moveByArrows(list);
  let shown = '';
  let unreadAfter = null;

  const showHome = () => {
    shown = '';
    const bot = store.world.app.bot_user_id;
    drawHead(head, [avatar(bot, 'tiny'), displayName(bot)], 'Home', { onMenu, onLog, onTheme });
    list.replaceChildren(drawHome(store.homeView));
  };
  const show = () => {
    composer.root.hidden = store.home;
    if (store.home) return showHome();
    const channel = findChannel(store.channel);
    if (channel === undefined) return;
    const place = `${store.me} ${channel.id}`;
    const arrived = place !== shown;
    if (arrived) {
      shown = place;
      unreadAfter = lastRead(channel.id);
      list.replaceChildren();
    }
    drawHead(head, titleOf(channel), channel.topic.value, { onMenu, onLog, onTheme }, channel.members);
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

function titleOf(channel) {
  const face =
    channel.kind === 'direct'
      ? avatar(
          channel.members.find((id) => id !== store.me),
          'tiny',
        )
      : icon(channel.kind === 'private' ? 'lock' : 'hash');
  return [face, channelTitle(channel)];
}

/** What the app has published for the person who looks. */
function drawHome(view) {
  if (view === null)
    return h('div', { class: 'beginning' }, h('p', null, 'The app has published nothing here yet.'));
  const place = { view_id: view.id, values: view.state.values, errors: {} };
  return h('div', { class: 'home blocks' }, drawBlocks(view.blocks, place));
}

function drawHead(head, title, topic, { onMenu, onLog, onTheme }, members = []) {
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
    h('div', { class: 'title' }, h('h1', null, title), topic ? h('p', { class: 'topic' }, topic) : null),
    h(
      'div',
      { class: 'head-tools' },
      members.length === 0
        ? null
        : h(
            'span',
            { class: 'members', title: `${members.length} members` },
            members.slice(0, 3).map((id) => avatar(id, 'tiny')),
            h('span', null, members.length),
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
