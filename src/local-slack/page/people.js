import { h } from './dom.js';
import { findUser, store } from './store.js';

// Faces and names. Colours come from a fixed set by the place in the list, so a person looks the same to everyone.

const hues = 12;

/** A square with initials. */
export function avatar(userId, size = 'medium') {
  const user = findUser(userId);
  const name = user?.real_name ?? userId;
  const words = name.split(/\s+/).filter((word) => word !== '');
  const initials =
    `${words[0]?.[0] ?? '?'}${words.length > 1 ? (words.at(-1)?.[0] ?? '') : ''}`.toUpperCase();
  const kind = user?.is_bot ? ' bot' : userId === 'USLACKBOT' ? ' slackbot' : '';
  const gone = user?.deleted ? ' gone' : '';
  return h(
    'span',
    { class: `avatar ${size} hue-${hueOf(userId)}${kind}${gone}`, 'aria-hidden': 'true' },
    initials,
  );
}

export function displayName(userId) {
  const user = findUser(userId);
  return user?.real_name ?? user?.name ?? userId;
}

/** `guest`, `external`, … or `null` for ordinary members. */
export function roleOf(user) {
  if (user.deleted) return 'deactivated';
  if (user.team_id !== store.world.team.id) return 'external';
  if (user.is_ultra_restricted) return 'single-channel guest';
  if (user.is_restricted) return 'guest';
  if (user.is_admin) return 'admin';
  return null;
}

/** Neighbours in the list look different. */
function hueOf(id) {
  const index = store.world.users.findIndex((user) => user.id === id);
  return (Math.max(0, index) * 5) % hues;
}
