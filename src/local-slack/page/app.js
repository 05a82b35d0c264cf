import { Refused } from './api.js';
import { createChannelPane } from './channel-pane.js';
import { refreshDates } from './draw-mrkdwn.js';
import { createLogDrawer } from './log-drawer.js';
import { closeTop, showModal } from './modal.js';
import { showSidebar } from './sidebar.js';
import {
  changed,
  channelTitle,
  closeThread,
  findChannel,
  humans,
  load,
  myChannels,
  store,
  subscribe,
  switchUser,
} from './store.js';
import { createThreadPane } from './thread-pane.js';
import { toast } from './toast.js';
import { unreadCount } from './unread.js';

// Wires the parts of the page together; each draws itself from the store.

const app = document.querySelector('#app');
const sidebar = document.querySelector('#sidebar');
const drawer = document.querySelector('#drawer');
const modal = document.querySelector('#modal');

const toggleLog = () => {
  drawer.hidden = !drawer.hidden;
  app.classList.toggle('log-open', !drawer.hidden);
  changed('log');
};
const toggleMenu = () => app.classList.toggle('menu-open');
const toggleTheme = () => {
  const chosen = document.documentElement.dataset.theme;
  const dark = chosen === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark';
  setTheme(dark ? 'light' : 'dark');
};

const channelPane = createChannelPane(document.querySelector('#channel'), {
  onMenu: toggleMenu,
  onLog: toggleLog,
  onTheme: toggleTheme,
});
const threadPane = createThreadPane(document.querySelector('#thread'));
const logDrawer = createLogDrawer(drawer, { onClose: toggleLog });

subscribe((parts) => {
  const all = parts.has('all');
  if (all || parts.has('messages')) {
    threadPane.show();
    channelPane.show();
    showSidebar(sidebar);
    showTitle();
  }
  if (all || parts.has('modal')) showModal(modal);
  if (all || parts.has('log')) logDrawer.show();
  if (app.dataset.ready === 'yes') return;
  app.dataset.ready = 'yes';
  if (store.thread === null && !modal.open) channelPane.focus();
});

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  localStorage.setItem('theme', theme);
}

function showTitle() {
  const unread = myChannels().reduce((sum, channel) => sum + unreadCount(channel.id), 0);
  const channel = findChannel(store.channel);
  const name =
    channel === undefined ? '' : `${channel.kind === 'direct' ? '' : '#'}${channelTitle(channel)} · `;
  document.title = `${unread > 0 ? `(${unread}) ` : ''}${name}${store.world.team.name}`;
}

// Escape closes what is on top; the browser would close the dialog without telling the app.
modal.addEventListener('cancel', (event) => {
  event.preventDefault();
  void closeTop();
});

document.addEventListener('keydown', (event) => {
  if (event.altKey && /^[1-9]$/.test(event.key)) {
    const user = humans()[Number(event.key) - 1];
    if (user !== undefined) void switchUser(user.id);
    event.preventDefault();
    return;
  }
  const typing = event.target instanceof HTMLElement && event.target.matches('input, textarea, select');
  const inDialog = document.querySelector('dialog[open]') !== null;
  if (event.key === 'Escape' && !inDialog && !event.defaultPrevented) {
    if (app.classList.contains('menu-open')) toggleMenu();
    else if (store.thread !== null) closeThread();
    else if (!drawer.hidden) toggleLog();
  }
  if (!typing && !inDialog && event.key === '/') {
    event.preventDefault();
    channelPane.startCommand();
  }
});

document.addEventListener('visibilitychange', () => changed());
document.addEventListener('click', (event) => {
  const inMenu = event.target instanceof Node && sidebar.contains(event.target);
  const onButton = event.target instanceof Element && event.target.closest('.menu-button');
  if (app.classList.contains('menu-open') && !inMenu && !onButton) toggleMenu();
});
setInterval(refreshDates, 15_000);

const theme = localStorage.getItem('theme');
if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
try {
  await load();
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  toast(error.message, { hint: error.hint, problem: true });
}
