import { createComposer } from './composer.js';
import { h, replace } from './dom.js';
import { icon } from './icons.js';
import { moveByArrows, showMessages } from './message-list.js';
import { channelTitle, closeThread, findChannel, store, threadMessages } from './store.js';
import { lastRead, markRead } from './unread.js';

/** The right of the page: one thread. */
export function createThreadPane(root) {
  const head = h('header', { class: 'pane-head' });
  const list = h('div', { class: 'messages', role: 'log', 'aria-label': 'Thread', tabindex: '0' });
  const composer = createComposer({ inThread: true });
  root.append(head, list, composer.root);
  moveByArrows(list);
  let shown = '';
  let unreadAfter = null;

  const show = () => {
    const channel = findChannel(store.channel);
    const messages = store.thread === null ? [] : threadMessages(store.channel, store.thread);
    root.hidden = store.thread === null;
    document.querySelector('#app').classList.toggle('thread-open', !root.hidden);
    if (root.hidden || channel === undefined) {
      shown = '';
      return;
    }
    const thread = `${channel.id}/${store.thread}`;
    const place = `${store.me} ${thread}`;
    if (!store.threadLoaded) return;
    const arrived = place !== shown;
    if (arrived) {
      shown = place;
      unreadAfter = lastRead(thread);
      list.replaceChildren();
      replace(
        head,
        h(
          'div',
          { class: 'title' },
          h('h1', null, 'Thread'),
          h('p', { class: 'topic' }, `#${channelTitle(channel)}`),
        ),
        h(
          'button',
          { type: 'button', class: 'icon-button', 'aria-label': 'Close the thread', onclick: closeThread },
          icon('close'),
        ),
      );
    }
    const replies = messages.length - 1;
    const atEnd = arrived || list.scrollHeight - list.scrollTop - list.clientHeight < 120;
    showMessages(list, messages, {
      view: 'thread',
      unreadAfter,
      me: store.me,
      between: replies > 0 ? `${replies} ${replies === 1 ? 'reply' : 'replies'}` : null,
    });
    composer.show();
    if (arrived && store.threadAsked) {
      store.threadAsked = false;
      composer.focus();
    }
    if (atEnd) list.scrollTop = list.scrollHeight;
    const newest = messages.at(-1)?.ts;
    if (newest !== undefined && atEnd && document.visibilityState === 'visible') markRead(thread, newest);
  };
  return { show, focus: composer.focus };
}
