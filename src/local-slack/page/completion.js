import { h, replace } from './dom.js';
import { avatar } from './people.js';
import { humans, store } from './store.js';

// What the composer offers while typing: commands after `/`, what may follow them, people and groups after `@`.

/** Candidates for the text before the caret, or an empty list. */
export function candidates(text, { inThread }) {
  const mention = /(^|\s)@([\w.-]*)$/.exec(text);
  if (mention) return mentions(mention[2].toLowerCase(), text.length - mention[2].length - 1);
  if (inThread || !text.startsWith('/')) return [];
  const known = store.world.app.commands;
  if (!text.includes(' '))
    return known
      .filter(({ command }) => command.startsWith(text))
      .map(({ command, description, usage_hint }) => ({
        insert: `${command} `,
        from: 0,
        title: command,
        hint: usage_hint,
        note: description,
        face: avatar(store.world.app.bot_user_id, 'small'),
      }));
  const [name, ...rest] = text.split(' ');
  const command = known.find((candidate) => candidate.command === name);
  if (command === undefined || rest.length !== 1) return [];
  return subcommands(command.usage_hint)
    .filter((hint) => hint.startsWith(rest[0]) && hint.split(' ')[0] !== rest[0])
    .map((hint) => {
      const [word, ...more] = hint.split(' ');
      return {
        insert: more.length > 0 ? `${word} ` : word,
        from: name.length + 1,
        title: `${name} ${word}`,
        hint: more.join(' '),
        note: '',
        face: avatar(store.world.app.bot_user_id, 'small'),
      };
    });
}

/** A usage hint such as `help | leader CLUSTER | backups` names what may follow. */
function subcommands(usageHint) {
  const parts = splitTop(usageHint.trim()).map((part) => part.trim());
  return parts.length > 1 ? parts.filter((part) => /^[a-z]/.test(part)) : [];
}

/** At each bar that is in no bracket. */
function splitTop(hint) {
  const parts = [''];
  let depth = 0;
  for (const letter of hint) {
    if (letter === '[') depth += 1;
    if (letter === ']') depth -= 1;
    if (letter === '|' && depth === 0) parts.push('');
    else parts[parts.length - 1] += letter;
  }
  // Brackets around all of it say that it may be left out.
  const [only = ''] = parts;
  const inner = /^\[(.*)\]$/.exec(hint)?.[1];
  return parts.length === 1 && only !== '' && inner !== undefined ? splitTop(inner) : parts;
}

function mentions(typed, from) {
  const bot = store.world.users.find((user) => user.id === store.world.app.bot_user_id);
  const people = [bot, ...humans()].filter((user) => user && !user.deleted);
  const found = people.map((user) => ({
    insert: `@${user.name} `,
    from,
    title: user.real_name,
    hint: `@${user.name}`,
    note: user.is_bot ? 'app' : user.title,
    face: avatar(user.id, 'small'),
    match: `${user.name} ${user.real_name.toLowerCase()}`,
  }));
  const groups = store.world.usergroups.map((group) => ({
    insert: `@${group.handle} `,
    from,
    title: group.name,
    hint: `@${group.handle}`,
    note: `${group.users.length} people`,
    face: null,
    match: `${group.handle} ${group.name.toLowerCase()}`,
  }));
  return [...found, ...groups].filter(({ match }) => match.includes(typed)).slice(0, 8);
}

/** The list above a composer: arrow keys move, Enter and Tab take, Escape closes. */
export function createCompletion(textarea, { inThread }) {
  const list = h('div', { class: 'completion', role: 'listbox', 'aria-label': 'Completions', hidden: true });
  let items = [];
  let active = 0;

  const hide = () => {
    items = [];
    list.hidden = true;
    textarea.removeAttribute('aria-activedescendant');
  };
  const take = (item) => {
    const after = textarea.value.slice(textarea.selectionStart);
    textarea.value = textarea.value.slice(0, item.from) + item.insert + after;
    const caret = item.from + item.insert.length;
    textarea.setSelectionRange(caret, caret);
    textarea.dispatchEvent(new Event('input'));
    textarea.focus();
  };
  const draw = () => {
    list.hidden = items.length === 0;
    replace(
      list,
      items.map((item, index) =>
        h(
          'div',
          {
            class: `candidate${index === active ? ' active' : ''}`,
            role: 'option',
            id: `candidate-${inThread ? 'thread' : 'channel'}-${index}`,
            'aria-selected': String(index === active),
            onmousedown: (event) => {
              event.preventDefault();
              take(item);
            },
          },
          item.face,
          h('strong', null, item.title),
          h('span', { class: 'usage' }, item.hint),
          h('span', { class: 'note' }, item.note),
        ),
      ),
    );
    if (items.length > 0)
      textarea.setAttribute(
        'aria-activedescendant',
        `candidate-${inThread ? 'thread' : 'channel'}-${active}`,
      );
    list.querySelector('.active')?.scrollIntoView({ block: 'nearest' });
  };

  return {
    list,
    hide,
    update: () => {
      items = candidates(textarea.value.slice(0, textarea.selectionStart), { inThread });
      active = 0;
      draw();
    },
    /** True when the key was used here. */
    key: (event) => {
      if (items.length === 0) return false;
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        active = (active + (event.key === 'ArrowDown' ? 1 : -1) + items.length) % items.length;
        draw();
      } else if (event.key === 'Tab' || (event.key === 'Enter' && !event.shiftKey)) take(items[active]);
      else if (event.key === 'Escape') hide();
      else return false;
      return true;
    },
  };
}
