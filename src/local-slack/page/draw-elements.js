import { h } from './dom.js';
import { drawExternalSelect } from './draw-external-select.js';
import { drawPlain, drawText } from './draw-mrkdwn.js';
import { focusName, settle, shortValue } from './element-values.js';
import { icon } from './icons.js';
import { humans, myChannels } from './store.js';
import { useControl } from './use-control.js';

// Things people press, choose in and type into. In a modal, fields are kept until it is submitted.

/** One block element. */
export function drawElement(element, block, place) {
  switch (element.type) {
    case 'button':
      return drawButton(element, block, place);
    case 'overflow':
      return drawOverflow(element, block, place);
    case 'static_select':
    case 'multi_static_select':
    case 'users_select':
    case 'multi_users_select':
    case 'conversations_select':
    case 'multi_conversations_select':
    case 'channels_select':
    case 'multi_channels_select':
      return drawSelect(element, block, place);
    case 'external_select':
    case 'multi_external_select':
      return drawExternalSelect(element, block, place);
    case 'radio_buttons':
    case 'checkboxes':
      return drawChoices(element, block, place);
    case 'datepicker':
      return drawTyped(element, block, place, { type: 'date' });
    case 'timepicker':
      return drawTyped(element, block, place, { type: 'time' });
    case 'number_input':
      return drawTyped(element, block, place, {
        type: 'number',
        step: element.is_decimal_allowed ? 'any' : '1',
      });
    case 'email_text_input':
      return drawTyped(element, block, place, { type: 'email' });
    case 'url_text_input':
      return drawTyped(element, block, place, { type: 'url' });
    case 'plain_text_input':
      return drawTyped(element, block, place, element.multiline ? { rows: 4 } : { type: 'text' });
    default:
      return h('em', null, element.type);
  }
}

function drawButton(element, block, place) {
  const button = h(
    'button',
    {
      type: 'button',
      class: `button ${element.style ?? ''}`,
      'aria-label': element.accessibility_label,
      dataset: { action: element.action_id, focus: focusName(element, block) },
      onclick: async () => {
        button.classList.add('busy');
        await useControl(element, block, place, undefined);
        button.classList.remove('busy');
      },
    },
    drawPlain(element.text.text),
  );
  return button;
}

function drawOverflow(element, block, place) {
  const choose = async (option) => {
    menu.hidePopover();
    await useControl({ ...element, url: option.url }, block, place, option.value);
  };
  const menu = h(
    'div',
    { class: 'menu', popover: 'auto', role: 'menu' },
    element.options.map((option) =>
      h(
        'button',
        {
          type: 'button',
          role: 'menuitem',
          dataset: { value: option.value },
          onclick: () => void choose(option),
        },
        h('span', null, drawPlain(option.text.text)),
        option.description ? h('small', null, drawPlain(option.description.text)) : null,
      ),
    ),
  );
  const opener = h(
    'button',
    {
      type: 'button',
      class: 'button square',
      'aria-label': 'More',
      'aria-haspopup': 'menu',
      dataset: { action: element.action_id, focus: focusName(element, block) },
      onclick: () => {
        menu.togglePopover();
        const box = opener.getBoundingClientRect();
        menu.style.left = `${Math.max(8, Math.min(box.left, innerWidth - menu.offsetWidth - 8))}px`;
        menu.style.top = `${Math.max(8, Math.min(box.bottom + 4, innerHeight - menu.offsetHeight - 8))}px`;
        menu.querySelector('button')?.focus();
      },
    },
    icon('dots'),
  );
  return h('span', { class: 'overflow' }, opener, menu);
}

/** Options a select offers: its own, the people, or the channels. */
function optionGroups(element) {
  const kind = element.type.replace('multi_', '');
  if (kind === 'users_select')
    return [
      { options: humans().map((user) => ({ value: user.id, text: `${user.real_name} (@${user.name})` })) },
    ];
  if (kind === 'channels_select' || kind === 'conversations_select')
    return [
      {
        options: myChannels()
          .filter((channel) => channel.kind !== 'direct')
          .map((channel) => ({ value: channel.id, text: `#${channel.name}` })),
      },
    ];
  const plain = (option) => ({
    value: option.value,
    text: option.description ? `${option.text.text}: ${option.description.text}` : option.text.text,
  });
  if (element.option_groups)
    return element.option_groups.map((group) => ({
      label: group.label.text,
      options: group.options.map(plain),
    }));
  return [{ options: element.options.map(plain) }];
}

function drawSelect(element, block, place) {
  const multiple = element.type.startsWith('multi_');
  const current = [shortValue(element, block, place) ?? []].flat();
  const option = ({ value, text }) => h('option', { value, selected: current.includes(value) }, text);
  const select = h(
    'select',
    {
      id: place.inputId,
      class: 'select',
      multiple,
      'aria-describedby': place.describedBy,
      'aria-label': place.inputId ? null : (element.placeholder?.text ?? 'Choose'),
      dataset: { action: element.action_id, focus: focusName(element, block) },
      onchange: () => {
        const values = [...select.selectedOptions]
          .map((chosen) => chosen.value)
          .filter((value) => value !== '');
        void settle(element, block, place, multiple ? values : (values[0] ?? null));
      },
    },
    multiple ? null : h('option', { value: '' }, element.placeholder?.text ?? 'Choose…'),
    optionGroups(element).map((group) =>
      group.label
        ? h('optgroup', { label: group.label }, group.options.map(option))
        : group.options.map(option),
    ),
  );
  return select;
}

function drawChoices(element, block, place) {
  const many = element.type === 'checkboxes';
  const current = [shortValue(element, block, place) ?? []].flat();
  const name = `${place.view_id ?? place.ts}-${focusName(element, block)}`;
  const group = h(
    'div',
    {
      class: 'choices',
      role: many ? 'group' : 'radiogroup',
      id: place.inputId,
      'aria-describedby': place.describedBy,
    },
    element.options.map((option) =>
      h(
        'label',
        null,
        h('input', {
          type: many ? 'checkbox' : 'radio',
          name,
          value: option.value,
          checked: current.includes(option.value),
          dataset: { action: element.action_id, focus: `${focusName(element, block)}/${option.value}` },
          onchange: () => {
            const chosen = [...group.querySelectorAll('input:checked')].map((input) => input.value);
            void settle(element, block, place, many ? chosen : (chosen[0] ?? null));
          },
        }),
        h(
          'span',
          null,
          drawText(option.text),
          option.description ? h('small', null, drawText(option.description)) : null,
        ),
      ),
    ),
  );
  return group;
}

function drawTyped(element, block, place, attributes) {
  const multiline = attributes.rows !== undefined;
  const dispatch = block.dispatch_action === true;
  const input = h(multiline ? 'textarea' : 'input', {
    id: place.inputId,
    class: 'field',
    ...attributes,
    autocomplete: 'off',
    placeholder: element.placeholder?.text,
    maxlength: element.max_length,
    autofocus: element.focus_on_load === true,
    'aria-describedby': place.describedBy,
    'aria-label': place.inputId ? null : (element.placeholder?.text ?? element.type),
    value: shortValue(element, block, place) ?? '',
    dataset: { action: element.action_id, focus: focusName(element, block) },
    oninput: () => place.keep?.(block.block_id, element.action_id, input.value),
    onchange: () => {
      if (dispatch || place.keep === undefined || block.type !== 'input')
        void settle(element, block, place, input.value);
    },
  });
  return input;
}
