import { act } from './api.js';
import { h, reconcile, replace } from './dom.js';
import { createDrillFaults, drawFault } from './drill-faults.js';
import { icon } from './icons.js';
import { displayName } from './people.js';
import { humans, me, store } from './store.js';
import { attempt, toast } from './toast.js';

// Every envelope with its acknowledgement, every API call, and the switches for a bad day.

const filters = {
  all: () => true,
  envelopes: (entry) => entry.type === 'envelope',
  calls: (entry) => entry.type === 'api_call',
  problems: (entry) => isBad(entry),
};
let filter = 'all';

/** The drawer at the bottom. */
export function createLogDrawer(root, { onClose }) {
  const tabs = h('div', { class: 'tabs', role: 'group', 'aria-label': 'What the log shows' });
  const list = h('div', { class: 'log', tabindex: '0', role: 'log', 'aria-label': 'Envelopes and calls' });
  const slackFaults = h('div', { class: 'faults' });
  const clusterFaults = h('div', { class: 'faults', hidden: true });
  const drillFaults = createDrillFaults(clusterFaults);
  let wasHidden = true;
  root.append(
    h(
      'header',
      null,
      h('h2', null, 'Log'),
      tabs,
      h(
        'button',
        { type: 'button', class: 'icon-button', 'aria-label': 'Close the log', onclick: onClose },
        icon('close'),
      ),
    ),
    h('div', { class: 'drawer-body' }, list, h('div', { class: 'bad-days' }, slackFaults, clusterFaults)),
  );

  const show = () => {
    if (wasHidden && !root.hidden) void drillFaults.show();
    wasHidden = root.hidden;
    if (root.hidden) return;
    replace(
      tabs,
      Object.keys(filters).map((name) =>
        h(
          'button',
          {
            type: 'button',
            'aria-pressed': String(name === filter),
            onclick: () => {
              filter = name;
              show();
            },
          },
          `${name} ${store.log.filter(filters[name]).length}`,
        ),
      ),
    );
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
    reconcile(list, store.log.filter(filters[filter]), {
      key: (entry) => String(entry.seq),
      signature: (entry) => `${entry.state} ${entry.ms}`,
      draw: drawEntry,
    });
    if (atEnd) list.scrollTop = list.scrollHeight;
    drawFaults(slackFaults);
  };
  return { show };
}

function isBad(entry) {
  if (entry.type === 'api_call') return !entry.ok;
  return entry.type === 'envelope' && !['sent', 'acked'].includes(entry.state);
}

function drawEntry(entry) {
  const time = new Date(entry.at).toISOString().slice(11, 23);
  const [arrow, title, state] =
    entry.type === 'api_call'
      ? ['←', entry.method, entry.ok ? 'ok' : `${entry.status} ${entry.error ?? ''}`]
      : entry.type === 'envelope'
        ? [
            '→',
            `${entry.kind}: ${entry.summary}`,
            entry.state === 'sent' ? 'waiting…' : entry.state.replace('_', ' '),
          ]
        : ['·', `connections: ${entry.open}`, entry.down ? 'down' : ''];
  const details = entry.args ?? entry.payload;
  const row = [
    h('span', { class: 'log-time' }, time),
    h('span', { class: 'log-arrow', title: arrow === '→' ? 'to the app' : 'from the app' }, arrow),
    h('span', { class: 'log-title' }, title),
    h('span', { class: 'log-state' }, state),
    h(
      'span',
      { class: 'log-ms' },
      entry.type === 'connections' || entry.state === 'sent' ? '' : `${entry.ms} ms`,
    ),
  ];
  const tone = isBad(entry) ? 'bad' : entry.state === 'sent' ? 'waiting' : 'good';
  if (details === undefined)
    return h('div', { class: `log-entry ${tone}` }, h('div', { class: 'log-row' }, row));
  return h(
    'details',
    { class: `log-entry ${tone}` },
    h('summary', { class: 'log-row' }, row),
    h('pre', null, JSON.stringify(details, null, 2)),
  );
}

function drawFaults(root) {
  const { faults, down } = store.world;
  if (root.contains(document.activeElement)) return;
  const set = async (body, done) => {
    const answer = await attempt(() => act('faults', body));
    if (answer === undefined) return;
    store.world.faults = answer.faults;
    store.world.down = answer.down;
    if (done) toast(done);
    document.activeElement?.blur?.();
    drawFaults(root);
  };
  const button = (label, what, body, done) => drawFault({ label, what, onclick: () => void set(body, done) });
  const person = me();
  replace(
    root,
    h('h3', null, 'A bad day of Slack'),
    faults.slow_ack_ms > 0
      ? button('Acknowledge in time again', 'What the app acknowledges reaches Slack at once.', {
          slow_ack_ms: 0,
        })
      : button(
          'Acknowledgements are slow',
          'They take 4 s, one more than Slack waits: people see an error.',
          {
            slow_ack_ms: 4000,
          },
        ),
    button(
      'The next delivery comes twice',
      'The same press or command reaches the app two times; it must count once.',
      { duplicate_deliveries: 1 },
      'The next delivery comes twice.',
    ),
    button(
      'Cut the connections',
      'The sockets to the app break; it connects again by itself.',
      { drop_sockets: true },
      'The connections are cut.',
    ),
    button(
      'Ask the app to reconnect',
      'Slack does this every few hours; nothing may be lost.',
      { disconnect: 'refresh_requested' },
      'The app was asked to reconnect.',
    ),
    button(
      'Too many messages',
      'The next message is refused for 2 s (429): it comes late, and edits still arrive.',
      { fail: { method: 'chat.postMessage', how: '429', retry_after_s: 2 } },
      'The next message is refused for 2 s.',
    ),
    button(
      'Lose an answer',
      'The next message is posted, and the app never hears of it: it must not be there twice.',
      { fail: { method: 'chat.postMessage', how: 'lost-reply' } },
      'The answer to the next message is lost.',
    ),
    button(
      'An edit fails',
      'The next edit of a message ends with an error of Slack (500); the app tries again.',
      { fail: { method: 'chat.update', how: '500' } },
      'The next edit fails.',
    ),
    button(
      'A message can no longer be edited',
      'The next edit is refused for good (edit_window_closed): a new card is put up.',
      { fail: { method: 'chat.update', how: 'refuse:edit_window_closed' } },
      'The next edit is refused for good.',
    ),
    button(
      'A file does not arrive',
      'The next upload is answered with OK and shown nowhere: the app notices and tries again.',
      { fail: { method: 'files.completeUploadExternal', how: 'unshared' } },
      'The next file does not arrive.',
    ),
    down
      ? button('Slack is back', 'Deliveries and calls work again.', { down: false })
      : button('Slack goes down', 'No calls, no deliveries, until it is back.', { down: true }),
    person
      ? person.deleted
        ? button(`Activate ${displayName(person.id)}`, 'They can act again.', {
            deactivate: { user: person.id, deleted: false },
          })
        : button(
            `Deactivate ${displayName(person.id)}`,
            'As when somebody leaves: what they signed no longer counts.',
            {
              deactivate: { user: person.id, deleted: true },
            },
          )
      : null,
    humans().some((user) => user.deleted && user.id !== store.me) || faults.fail.length > 0
      ? button('End all of these', 'Everything works again.', { clear: true }, 'Everything works again.')
      : null,
  );
}
