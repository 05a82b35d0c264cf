import { act } from './api.js';
import { h, replace } from './dom.js';
import { drawPlain } from './draw-mrkdwn.js';
import { focusName, settle, shortValue } from './element-values.js';
import { icon } from './icons.js';
import { store } from './store.js';
import { attempt } from './toast.js';
import { sentences } from './use-control.js';

// A search field whose options the app gives while one types. With several to choose, what is chosen stands above it.

/** action id and value → words: a draft keeps values alone. */
const words = new Map();
let listsDrawn = 0;
const keyOf = (element, value) => `${element.action_id} ${value}`;

/** `external_select` and `multi_external_select`. */
export function drawExternalSelect(element, block, place) {
  const multiple = element.type === 'multi_external_select';
  const offeredFirst = [element.initial_option ?? [], element.initial_options ?? []].flat();
  for (const option of offeredFirst) words.set(keyOf(element, option.value), option.text.text);
  let chosen = [shortValue(element, block, place) ?? []].flat();
  let asked = 0;

  listsDrawn += 1;
  const list = h('div', {
    class: 'menu suggestions',
    role: 'listbox',
    'aria-label': 'What fits',
    id: `suggestions-${listsDrawn}`,
    hidden: true,
  });
  const chips = h('div', { class: 'chips' });
  const hide = () => {
    asked += 1;
    list.hidden = true;
    input.setAttribute('aria-expanded', 'false');
  };
  const settleChosen = (values) => {
    chosen = values;
    drawChips();
    void settle(element, block, place, multiple ? chosen : (chosen[0] ?? null));
  };
  const choose = (option) => {
    words.set(keyOf(element, option.value), option.text.text);
    const others = chosen.filter((value) => value !== option.value);
    input.value = multiple ? '' : option.text.text;
    hide();
    if (!multiple) settleChosen([option.value]);
    else settleChosen(others.length === chosen.length ? [...chosen, option.value] : others);
    input.focus();
  };
  const drawChips = () => {
    if (!multiple) return;
    replace(
      chips,
      chosen.map((value) => {
        const text = words.get(keyOf(element, value)) ?? value;
        return h(
          'span',
          { class: 'chip', dataset: { value } },
          h('span', null, drawPlain(text)),
          h(
            'button',
            {
              type: 'button',
              'aria-label': `Take out ${text}`,
              onclick: () => {
                settleChosen(chosen.filter((other) => other !== value));
                input.focus();
              },
            },
            icon('close'),
          ),
        );
      }),
    );
  };
  const drawOption = (option) =>
    h(
      'button',
      {
        type: 'button',
        role: 'option',
        'aria-selected': chosen.includes(option.value) ? 'true' : 'false',
        dataset: { value: option.value },
        onclick: () => choose(option),
      },
      h('span', null, drawPlain(option.text.text)),
      option.description ? h('small', null, drawPlain(option.description.text)) : null,
    );
  const suggest = async () => {
    asked += 1;
    const mine = asked;
    if (input.value.length < (element.min_query_length ?? 3)) return hide();
    const answer = await attempt(() =>
      act('suggest', {
        user: store.me,
        ...(place.view_id === undefined
          ? { channel: place.channel, ts: place.ts }
          : { view_id: place.view_id }),
        action_id: element.action_id,
        block_id: block.block_id,
        value: input.value,
      }),
    );
    if (mine !== asked || answer === undefined) return;
    list.hidden = false;
    input.setAttribute('aria-expanded', 'true');
    const groups = answer.option_groups.length > 0 ? answer.option_groups : [answer];
    replace(
      list,
      answer.options.length === 0 ? h('p', { class: 'none' }, nothingText(answer.error)) : null,
      groups.map((group) => [
        group.label ? h('p', { class: 'group-label' }, drawPlain(group.label.text)) : null,
        group.options.map(drawOption),
      ]),
    );
  };
  const input = h('input', {
    id: place.inputId,
    class: 'field',
    type: 'text',
    role: 'combobox',
    'aria-expanded': 'false',
    'aria-controls': list.id,
    autocomplete: 'off',
    'aria-describedby': place.describedBy,
    'aria-label': place.inputId ? null : (element.placeholder?.text ?? 'Choose'),
    placeholder: element.placeholder?.text ?? 'Type to search…',
    value: multiple ? '' : (words.get(keyOf(element, chosen[0])) ?? ''),
    dataset: { action: element.action_id, focus: focusName(element, block) },
    oninput: () => void suggest(),
    onclick: () => void suggest(),
    onkeydown: (event) => {
      if (event.key !== 'ArrowDown' && event.key !== 'Enter') return;
      // Enter searches; it does not send the form off with a search half typed.
      event.preventDefault();
      if (list.hidden) void suggest();
      else list.querySelector('button')?.focus();
    },
  });
  const combobox = h(
    'div',
    {
      class: 'combobox',
      onfocusout: (event) => {
        if (!combobox.contains(event.relatedTarget)) hide();
      },
      onkeydown: (event) => {
        if (event.key === 'Escape' && !list.hidden) {
          event.preventDefault();
          event.stopPropagation();
          hide();
          input.focus();
        }
        const options = [...list.querySelectorAll('button')];
        const at = options.indexOf(document.activeElement);
        if (at === -1 || (event.key !== 'ArrowDown' && event.key !== 'ArrowUp')) return;
        event.preventDefault();
        const to = event.key === 'ArrowDown' ? options[at + 1] : (options[at - 1] ?? input);
        to?.focus();
      },
    },
    multiple ? chips : null,
    input,
    list,
  );
  drawChips();
  return combobox;
}

function nothingText(error) {
  if (error === null) return 'Nothing found';
  return error === 'unfit' ? 'Slack would not take the answer of the app.' : (sentences[error] ?? error);
}
