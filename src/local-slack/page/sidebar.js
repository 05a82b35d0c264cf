import { h, replace } from './dom.js';
import { icon } from './icons.js';
import { avatar, roleOf } from './people.js';
import {
  channelTitle,
  findUser,
  humans,
  myChannels,
  openChannel,
  openHome,
  store,
  switchUser,
} from './store.js';
import { unreadCount } from './unread.js';

/** Workspace, channels, people. */
export function showSidebar(root) {
  const { world } = store;
  const channels = myChannels();
  const named = channels.filter((channel) => channel.kind !== 'direct');
  const direct = channels.filter((channel) => channel.kind === 'direct');
  const focused = root.contains(document.activeElement) ? document.activeElement.dataset.focus : undefined;
  replace(
    root,
    h(
      'header',
      { class: 'workspace' },
      h('img', { src: '/page/favicon.svg', alt: '', width: 28, height: 28 }),
      h('div', null, h('strong', null, world.team.name), h('small', null, 'Local Slack')),
    ),
    h(
      'div',
      { class: 'scroll' },
      h('h2', null, 'Channels'),
      h('ul', null, named.map(drawChannelItem)),
      direct.length > 0
        ? [h('h2', null, 'Direct messages'), h('ul', null, direct.map(drawChannelItem))]
        : null,
      h('h2', null, 'Apps'),
      h('ul', null, drawHomeItem()),
      h('h2', null, 'You are'),
      h('div', { class: 'people', role: 'radiogroup', 'aria-label': 'Act as' }, humans().map(drawPerson)),
    ),
    h(
      'footer',
      null,
      drawConnection(),
      h('p', null, 'A workspace for drills. Nothing here leaves this machine.'),
    ),
  );
  if (focused !== undefined)
    root.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

function drawChannelItem(channel) {
  const current = !store.home && channel.id === store.channel;
  const unread = current ? 0 : unreadCount(channel.id);
  const faces = channel.members.filter((member) => member !== store.me);
  return h(
    'li',
    null,
    h(
      'button',
      {
        type: 'button',
        class: `channel-item${current ? ' current' : ''}${unread > 0 ? ' unread' : ''}`,
        'aria-current': current ? 'page' : null,
        dataset: { focus: `channel ${channel.id}`, channel: channel.id },
        onclick: () => {
          openChannel(channel.id);
          closeMenu();
        },
      },
      channel.kind === 'direct'
        ? avatar(faces[0] ?? store.me, 'tiny')
        : icon(channel.kind === 'private' ? 'lock' : 'hash'),
      h('span', { class: 'label' }, channelTitle(channel)),
      unread > 0 ? h('span', { class: 'unread-count', 'aria-label': `${unread} unread` }, unread) : null,
    ),
  );
}

/** The app's Home tab. */
function drawHomeItem() {
  const { bot_user_id: id } = store.world.app;
  return h(
    'li',
    null,
    h(
      'button',
      {
        type: 'button',
        class: `channel-item${store.home ? ' current' : ''}`,
        'aria-current': store.home ? 'page' : null,
        dataset: { focus: 'home', home: 'open' },
        onclick: () => {
          void openHome();
          closeMenu();
        },
      },
      avatar(id, 'tiny'),
      h('span', { class: 'label' }, findUser(id)?.real_name ?? id),
    ),
  );
}

/** On a phone the list lies over the page: a choice was made, and is to be seen. */
function closeMenu() {
  document.querySelector('#app').classList.remove('menu-open');
}

function drawPerson(user, index) {
  const current = user.id === store.me;
  const role = roleOf(user);
  const note = [user.title, role].filter((part) => part).join(' · ');
  return h(
    'button',
    {
      type: 'button',
      role: 'radio',
      'aria-checked': String(current),
      class: `person${current ? ' current' : ''}${user.deleted ? ' gone' : ''}`,
      title: index < 9 ? `Alt+${index + 1}` : null,
      dataset: { focus: `person ${user.id}`, user: user.id },
      onclick: () => {
        void switchUser(user.id);
        closeMenu();
      },
    },
    avatar(user.id, 'small'),
    h(
      'span',
      { class: 'label' },
      h('span', { class: 'name' }, user.real_name),
      note ? h('small', null, note) : null,
    ),
    current ? icon('check') : h('span', { class: `presence ${user.presence}`, title: user.presence }),
  );
}

function drawConnection() {
  const { world } = store;
  const bot = findUser(world.app.bot_user_id);
  const [state, text] = store.lost
    ? ['bad', 'The page lost its server']
    : world.down
      ? ['bad', 'Slack is down (on purpose)']
      : world.delivery === 'http'
        ? ['good', `${bot?.real_name} is called over HTTP`]
        : world.connections > 0
          ? ['good', `${bot?.real_name} is connected${world.connections > 1 ? ` ×${world.connections}` : ''}`]
          : ['bad', `${bot?.real_name} is not connected`];
  return h('div', { class: `connection ${state}`, role: 'status' }, h('span', { class: 'dot' }), text);
}
