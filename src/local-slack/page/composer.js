import { act } from './api.js';
import { createCompletion } from './completion.js';
import { h } from './dom.js';
import { icon } from './icons.js';
import { channelTitle, findChannel, me, store } from './store.js';
import { attempt } from './toast.js';

const drafts = new Map();

/** The box where a person types; one for the channel, one for the thread. It redraws itself when person or place change. */
export function createComposer({ inThread }) {
  const root = h('div', { class: 'composer-area' });
  let drawnFor = '';

  return {
    root,
    focus: () => root.querySelector('textarea')?.focus(),
    /** Focus with a `/` in an empty box. */
    startCommand: () => {
      const textarea = root.querySelector('textarea');
      textarea?.focus();
      if (textarea === null || textarea.value !== '') return;
      textarea.value = '/';
      textarea.dispatchEvent(new Event('input'));
    },
    show: () => {
      const channel = findChannel(store.channel);
      const person = me();
      const member = channel?.members.includes(store.me) === true;
      const place = [store.me, store.channel, inThread ? store.thread : '', person?.deleted, member].join(
        ' ',
      );
      if (place === drawnFor || channel === undefined || person === undefined) return;
      drawnFor = place;
      const refusal = person.deleted
        ? `${person.real_name} is deactivated and signed out.`
        : member
          ? null
          : `${person.real_name} is not a member of #${channel.name}.`;
      root.replaceChildren(
        refusal === null ? drawBox(channel, inThread) : h('p', { class: 'refusal' }, refusal),
      );
    },
  };
}

function drawBox(channel, inThread) {
  const draftKey = [store.me, channel.id, inThread ? store.thread : ''].join(' ');
  const thread = inThread ? store.thread : undefined;
  const textarea = h('textarea', {
    id: inThread ? 'thread-composer' : 'composer',
    class: 'composer-text',
    rows: 1,
    placeholder: inThread
      ? 'Reply…'
      : `Message ${channel.kind === 'direct' ? '' : '#'}${channelTitle(channel)}`,
    'aria-label': inThread ? 'Reply' : 'Message',
    'aria-autocomplete': 'list',
    spellcheck: 'false',
    value: drafts.get(draftKey) ?? '',
  });
  const completion = createCompletion(textarea, { inThread });
  const note = h('p', { class: 'composer-note', role: 'status' });
  const send = h(
    'button',
    { type: 'button', class: 'send', 'aria-label': 'Send', onclick: () => void submit() },
    icon('send'),
  );
  const box = h(
    'div',
    { class: 'composer' },
    completion.list,
    textarea,
    h('div', { class: 'composer-bar' }, note, send),
  );

  const grow = () => {
    textarea.style.height = 'auto';
    textarea.style.height = `${Math.min(textarea.scrollHeight, 220)}px`;
  };
  const explain = () => {
    const typesCommand = textarea.value.startsWith('/');
    const known = store.world.app.commands.find(({ command }) => textarea.value.startsWith(command));
    const bot = store.world.users.find((user) => user.id === store.world.app.bot_user_id);
    box.classList.toggle('refused', inThread && typesCommand);
    note.textContent =
      inThread && typesCommand
        ? `Commands do not work in threads. Press a button, or mention @${bot?.name ?? 'the app'}.`
        : typesCommand && known
          ? `${known.command} ${known.usage_hint}`
          : textarea.value === ''
            ? ''
            : 'Enter sends · Shift+Enter breaks the line';
    send.disabled = textarea.value.trim() === '' || (inThread && typesCommand);
  };
  const refresh = () => {
    drafts.set(draftKey, textarea.value);
    grow();
    explain();
    completion.update();
  };
  const submit = async () => {
    const text = textarea.value.trim();
    if (text === '' || send.disabled) return;
    completion.hide();
    textarea.value = '';
    refresh();
    box.classList.add('busy');
    const answer = await attempt(() =>
      act('type', { user: store.me, channel: channel.id, text, ...(thread ? { thread_ts: thread } : {}) }),
    );
    box.classList.remove('busy');
    if (answer !== undefined || textarea.value !== '') return;
    textarea.value = text;
    refresh();
    completion.hide();
  };

  textarea.addEventListener('input', refresh);
  textarea.addEventListener('blur', completion.hide);
  textarea.addEventListener('keydown', (event) => {
    if (event.isComposing || completion.key(event)) {
      if (!event.isComposing) event.preventDefault();
      return;
    }
    if (event.key !== 'Enter' || event.shiftKey) return;
    event.preventDefault();
    void submit();
  });
  explain();
  queueMicrotask(grow);
  return box;
}
