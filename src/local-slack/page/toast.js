import { Refused } from './api.js';
import { h } from './dom.js';
import { icon } from './icons.js';

/** Shows a sentence for a while; problems stay longer. */
export function toast(message, { hint = '', problem = false } = {}) {
  const box = document.querySelector('#toasts');
  const dismiss = () => element.remove();
  const element = h(
    'div',
    { class: `toast${problem ? ' problem' : ''}` },
    h('div', null, h('strong', null, message), hint ? h('div', null, hint) : null),
    h(
      'button',
      { type: 'button', class: 'icon-button', 'aria-label': 'Dismiss', onclick: dismiss },
      icon('close'),
    ),
  );
  box.append(element);
  setTimeout(dismiss, problem ? 9000 : 4000);
}

/** Runs something that asks the server; a refusal becomes a toast. Returns `undefined` then. */
export async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    toast(error.message, { hint: error.hint, problem: true });
    return undefined;
  }
}
