// What the page knows. Everything comes from the server: read once, then kept up with the feed.
import { act, follow, read } from './api.js';

const session = window.sessionStorage;
const listeners = new Set();

export const store = {
  /** `/control/state`. */
  world: null,
  me: null,
  channel: null,
  thread: null,
  /** The app's Home tab is open instead of the channel. */
  home: false,
  /** What the app has published there for whoever we are. */
  homeView: null,
  /** Whether the replies of the open thread have been read from the server. */
  threadLoaded: false,
  /** The person has asked for it, and types there next. */
  threadAsked: false,
  /** A message to point at, from a permalink. */
  highlight: null,
  /** channel → ts → message, replies included. */
  messages: new Map(),
  /** user → ts → message. */
  ephemerals: new Map(),
  /** Open modals of whoever we are, bottom first. */
  views: [],
  /** view id → block id → sentence. */
  viewErrors: new Map(),
  /** Newest last; an envelope is one entry that changes. */
  log: [],
  lost: false,
  pending: 0,
};

export function subscribe(listener) {
  listeners.add(listener);
}

let waiting = null;
/** Draws what changed: `all`, `messages`, `modal`, `log`. Several changes in one frame are drawn once. */
export function changed(what = 'all') {
  if (waiting === null) {
    waiting = new Set();
    requestAnimationFrame(draw);
    // A tab in the background has no frames; its title must still count.
    setTimeout(draw, 120);
  }
  waiting.add(what);
}

function draw() {
  if (waiting === null) return;
  const parts = waiting;
  waiting = null;
  for (const listener of listeners) listener(parts);
}

/** Reads everything and begins to follow. */
export async function load() {
  store.world = await read('state');
  for (const channel of store.world.channels) await loadChannel(channel.id);
  const wanted = new URLSearchParams(location.search).get('as') ?? session.getItem('me');
  const people = humans();
  store.me = (people.find((user) => user.id === wanted) ?? people[0])?.id ?? null;
  openFromAddress();
  await loadPerson();
  const past = await read('events?timeout_ms=0&types=envelope,api_call,connections');
  for (const event of past.events.filter((inner) => inner.seq <= store.world.seq)) logEvent(event);
  follow({
    after: store.world.seq,
    run: store.world.run,
    onEvent: (event) => void take(event),
    onLost: (lost) => {
      if (store.lost !== lost) changed();
      store.lost = lost;
    },
  });
  changed();
}

/** People who can be acted as: no bots. Deactivated ones are listed too. */
export function humans() {
  return store.world.users.filter((user) => !user.is_bot && user.id !== 'USLACKBOT');
}

export const findUser = (id) => store.world.users.find((user) => user.id === id);
export const findChannel = (id) => store.world.channels.find((channel) => channel.id === id);
export const findGroup = (id) => store.world.usergroups.find((group) => group.id === id);
export const me = () => findUser(store.me);

/** Channels the person sees, by kind and name. */
export function myChannels() {
  return store.world.channels
    .filter((channel) => channel.kind === 'public' || channel.members.includes(store.me))
    .sort((a, b) => channelTitle(a).localeCompare(channelTitle(b)));
}

export function channelTitle(channel) {
  if (channel.kind !== 'direct') return channel.name;
  const others = channel.members.filter((member) => member !== store.me);
  return others.map((id) => findUser(id)?.name ?? id).join(', ');
}

/** Top-level messages of a channel with my ephemerals, oldest first. */
export function channelMessages(channelId) {
  const all = [...(store.messages.get(channelId)?.values() ?? []), ...mine(channelId)];
  return all
    .filter(
      (message) =>
        message.thread_ts === undefined ||
        message.thread_ts === message.ts ||
        message.subtype === 'thread_broadcast',
    )
    .sort(byTs);
}

/** The parent and the replies, with my ephemerals among them. */
export function threadMessages(channelId, ts) {
  const messages = store.messages.get(channelId);
  const parent = messages?.get(ts);
  const replies = [...(messages?.values() ?? []), ...mine(channelId)].filter(
    (message) => message.thread_ts === ts && message.ts !== ts,
  );
  return parent === undefined ? [] : [parent, ...replies.sort(byTs)];
}

function mine(channelId) {
  return [...(store.ephemerals.get(store.me)?.values() ?? [])].filter(
    (message) => message.channel === channelId,
  );
}

const byTs = (a, b) => (a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0);

export async function switchUser(id) {
  store.me = id;
  session.setItem('me', id);
  if (!myChannels().some((channel) => channel.id === store.channel)) {
    store.channel = myChannels()[0]?.id ?? null;
    store.thread = null;
  }
  await loadPerson();
  if (store.home) await openHome();
  changed();
}

/** Shows the app's Home tab, and lets the app know that it is looked at. */
export async function openHome() {
  store.home = true;
  store.thread = null;
  changed();
  await act('open-home', { user: store.me, tab: 'home' });
}

export function openChannel(id) {
  store.home = false;
  store.channel = id;
  store.thread = null;
  session.setItem('channel', id);
  history.replaceState(null, '', '/');
  changed();
}

export async function openThread(channelId, ts) {
  store.home = false;
  store.channel = channelId;
  store.thread = ts;
  store.threadLoaded = false;
  changed();
  const { messages } = await read(`channels/${channelId}/threads/${ts}`);
  for (const message of messages) put(message);
  if (store.thread === ts) store.threadLoaded = true;
  changed('messages');
}

/** Whoever reads by keys goes on where the thread was opened. */
export function closeThread() {
  const opener = document.getElementById(`channel-${store.thread}`);
  store.thread = null;
  changed();
  requestAnimationFrame(() => opener?.focus());
}

async function loadChannel(id) {
  const { messages } = await read(`channels/${id}/messages`);
  for (const message of messages) put(message);
}

async function loadPerson() {
  if (store.me === null) return;
  const [ephemerals, views, home] = await Promise.all([
    read(`users/${store.me}/ephemerals`),
    read(`users/${store.me}/views`),
    read(`users/${store.me}/home`),
  ]);
  store.homeView = home.view;
  store.ephemerals.set(store.me, new Map(ephemerals.messages.map((message) => [message.ts, message])));
  store.views = views.views;
}

/** `/archives/C…/p1764…` (with `?thread_ts=`) opens that message. */
function openFromAddress() {
  const permalink = /^\/archives\/([A-Z0-9]+)\/p(\d{10})(\d{6})$/.exec(location.pathname);
  if (permalink) {
    const ts = `${permalink[2]}.${permalink[3]}`;
    const thread = new URLSearchParams(location.search).get('thread_ts');
    store.channel = permalink[1];
    store.highlight = ts;
    if (thread !== null) void openThread(permalink[1], thread);
    return;
  }
  const remembered = session.getItem('channel');
  const channels = myChannels();
  const withApp = channels.find((channel) => channel.members.includes(store.world.app.bot_user_id));
  store.channel =
    (channels.find((channel) => channel.id === remembered) ?? withApp ?? channels[0])?.id ?? null;
}

function put(message) {
  const channel = store.messages.get(message.channel) ?? new Map();
  store.messages.set(message.channel, channel);
  channel.set(message.ts, message);
}

async function take(event) {
  switch (event.type) {
    case 'hello':
      // Another server took this one's place: everything may be different.
      if (event.run !== store.world.run) location.reload();
      return;
    case 'message_posted':
    case 'message_updated':
      put(event.message);
      return changed('messages');
    case 'message_deleted':
      store.messages.get(event.channel)?.delete(event.ts);
      return changed('messages');
    case 'ephemeral_posted':
    case 'ephemeral_updated':
    case 'ephemeral_deleted': {
      const theirs = store.ephemerals.get(event.user) ?? new Map();
      store.ephemerals.set(event.user, theirs);
      if (event.type === 'ephemeral_deleted') theirs.delete(event.ts);
      else theirs.set(event.ts, event.message);
      return changed('messages');
    }
    case 'view_opened':
    case 'view_pushed':
    case 'view_updated':
    case 'view_closed':
      return takeView(event);
    case 'home_published':
      if (event.user === store.me) store.homeView = event.view;
      return changed('messages');
    case 'view_errors':
      store.viewErrors.set(event.view_id, event.errors);
      return changed('modal');
    case 'envelope':
    case 'api_call':
      logEvent(event);
      return changed('log');
    case 'connections':
      store.world.connections = event.open;
      store.world.down = event.down;
      logEvent(event);
      return changed();
    case 'people_changed':
    case 'channels_changed': {
      const { seq: _seq, run: _run, ...world } = await read('state');
      Object.assign(store.world, world);
      return changed();
    }
  }
}

function takeView(event) {
  if (event.user !== store.me) return;
  if (event.type === 'view_opened') store.views = [event.view];
  else if (event.type === 'view_pushed') store.views = [...store.views, event.view];
  else if (event.type === 'view_updated')
    store.views = store.views.map((view) => (view.id === event.view_id ? event.view : view));
  else store.views = store.views.filter((view) => view.id !== event.view_id);
  if (event.type !== 'view_pushed') store.viewErrors.delete(event.view_id);
  changed('modal');
}

function logEvent(event) {
  const sent =
    event.type === 'envelope' && event.state !== 'sent'
      ? store.log.findLast(
          (entry) => entry.envelope_id === event.envelope_id && entry.attempt === event.attempt,
        )
      : undefined;
  if (sent !== undefined) Object.assign(sent, { state: event.state, ms: event.ms });
  else store.log.push({ ...event });
  if (store.log.length > 500) store.log.splice(0, store.log.length - 500);
}
