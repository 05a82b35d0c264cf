import { act } from './api.js';
import { h, replace } from './dom.js';
import { drawBlocks } from './draw-blocks.js';
import { drawPlain } from './draw-mrkdwn.js';
import { icon } from './icons.js';
import { changed, store } from './store.js';
import { attempt } from './toast.js';
import { sentences } from './use-control.js';

// The top of the person's stack of modals. What is typed is kept here until it is submitted, through updates of the view.

/** view id → block id → action id → value. */
const drafts = new Map();
const failures = new Map();
let submitting = null;

/** Shows or hides the modal as the person's stack says. */
export function showModal(dialog) {
  const view = store.views.at(-1);
  if (view === undefined) {
    if (dialog.open) dialog.close();
    dialog.dataset.view = '';
    return;
  }
  const same = dialog.dataset.view === view.id;
  const focused = same ? document.activeElement?.dataset?.focus : undefined;
  const scrolled = same ? (dialog.querySelector('.modal-body')?.scrollTop ?? 0) : 0;
  dialog.dataset.view = view.id;
  replace(dialog, drawView(view));
  if (!dialog.open) dialog.showModal();
  dialog.querySelector('.modal-body').scrollTop = scrolled;
  const target =
    focused === undefined
      ? (dialog.querySelector('.wrong .field, .wrong select') ??
        dialog.querySelector('[autofocus], .modal-body input, .modal-body textarea, .modal-body select') ??
        dialog.querySelector('footer button:last-child'))
      : dialog.querySelector(`[data-focus="${CSS.escape(focused)}"]`);
  target?.focus({ preventScroll: focused !== undefined });
}

/** Escape, the cross and the Close button. */
export async function closeTop({ all = false } = {}) {
  const view = store.views.at(-1);
  if (view === undefined) return;
  await attempt(() => act('close', { user: store.me, view_id: view.id, all }));
  forget(view.id);
}

function drawView(view) {
  const draft = drafts.get(view.id) ?? {};
  const place = {
    view_id: view.id,
    values: view.state.values,
    // They may come before the answer to what was submitted, and until that is here nothing else is.
    errors: submitting === view.id ? {} : (store.viewErrors.get(view.id) ?? {}),
    kept: (blockId, actionId) => draft[blockId]?.[actionId],
    keep: (blockId, actionId, value) => {
      draft[blockId] = { ...draft[blockId], [actionId]: value };
      drafts.set(view.id, draft);
    },
  };
  const failure = failures.get(view.id);
  const stacked = store.views.length > 1;
  return h(
    'form',
    {
      novalidate: true,
      onsubmit: (event) => {
        event.preventDefault();
        void submit(view);
      },
    },
    h(
      'header',
      null,
      stacked
        ? h(
            'button',
            { type: 'button', class: 'icon-button', 'aria-label': 'Back', onclick: () => void closeTop() },
            icon('back'),
          )
        : null,
      h('h2', { id: 'modal-title' }, drawPlain(view.title.text)),
      h('span', { class: 'from' }, `${store.world.app.name}`),
      h(
        'button',
        {
          type: 'button',
          class: 'icon-button',
          'aria-label': 'Close',
          onclick: () => void closeTop({ all: stacked }),
        },
        icon('close'),
      ),
    ),
    failure ? h('p', { class: 'modal-failure', role: 'alert' }, failure) : null,
    h('div', { class: 'modal-body blocks' }, drawBlocks(view.blocks, place)),
    h(
      'footer',
      null,
      h(
        'button',
        { type: 'button', class: 'button', onclick: () => void closeTop() },
        drawPlain(view.close?.text ?? (view.submit ? 'Cancel' : 'Close')),
      ),
      view.submit
        ? h(
            'button',
            {
              type: 'submit',
              class: `button primary${submitting === view.id ? ' busy' : ''}`,
              dataset: { submit: 'yes' },
            },
            drawPlain(view.submit.text),
          )
        : null,
    ),
  );
}

async function submit(view) {
  if (view.submit === null || submitting === view.id) return;
  submitting = view.id;
  failures.delete(view.id);
  store.viewErrors.delete(view.id);
  changed('modal');
  const values = drafts.get(view.id) ?? {};
  const answer = await attempt(() => act('submit', { user: store.me, view_id: view.id, values }));
  submitting = null;
  const result = answer?.result;
  if (result?.kind === 'failed')
    failures.set(view.id, `The app did not take it. ${sentences[result.error] ?? result.error}`);
  if (result?.kind === 'errors') store.viewErrors.set(view.id, result.errors);
  if (result?.kind === 'closed' || result?.kind === 'cleared') forget(view.id);
  changed('modal');
}

function forget(viewId) {
  drafts.delete(viewId);
  failures.delete(viewId);
}
