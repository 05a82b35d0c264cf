// How far each person has read, kept in this browser.
import { channelMessages, store } from './store.js';

const storage = window.localStorage;
const key = () => `read ${store.world.team.id}`;

function all() {
  try {
    return JSON.parse(storage.getItem(key()) ?? '{}');
  } catch {
    return {};
  }
}

/** Newest ts read in a channel (or a thread: `channel/ts`); `null` when it has never been looked at. */
export function lastRead(place) {
  return all()[store.me]?.[place] ?? null;
}

export function markRead(place, ts) {
  const marks = all();
  const mine = marks[store.me] ?? {};
  if ((mine[place] ?? '') >= ts) return;
  marks[store.me] = { ...mine, [place]: ts };
  storage.setItem(key(), JSON.stringify(marks));
}

/** Messages of others that came after the mark. */
export function unreadCount(channelId) {
  const mark = lastRead(channelId) ?? '';
  return channelMessages(channelId).filter((message) => message.ts > mark && message.user !== store.me)
    .length;
}

/** Whether a thread has replies that have not been looked at. */
export function isThreadUnread(channelId, parent) {
  return (parent.latest_reply ?? '') > (lastRead(`${channelId}/${parent.ts}`) ?? '');
}
