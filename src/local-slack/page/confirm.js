import { h, replace } from './dom.js';
import { drawPlain, drawText } from './draw-mrkdwn.js';

/** Shows a confirm dialog object; resolves to whether it was confirmed. */
export function askConfirm(confirm) {
  const dialog = document.querySelector('#confirm');
  const style = confirm.style === 'danger' ? 'danger' : 'primary';
  replace(
    dialog,
    h(
      'form',
      { method: 'dialog' },
      h('header', null, h('h2', { id: 'confirm-title' }, drawPlain(confirm.title?.text ?? 'Are you sure?'))),
      h('div', { class: 'modal-body text' }, drawText(confirm.text)),
      h(
        'footer',
        null,
        h('button', { class: 'button', value: 'no' }, drawPlain(confirm.deny?.text ?? 'Cancel')),
        h(
          'button',
          { class: `button ${style}`, value: 'yes', autofocus: true, dataset: { confirm: 'yes' } },
          drawPlain(confirm.confirm?.text ?? 'Yes'),
        ),
      ),
    ),
  );
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}
