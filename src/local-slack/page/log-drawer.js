import { act } from './api.js';
import { h, reconcile, replace } from './dom.js';
import { createDrillFaults } from './drill-faults.js';
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
  const tabs = h('div', { class: 'tabs', role: 'tablist' });
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
            role: 'tab',
            'aria-selected': String(name === filter),
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
  const button = (label, body, done) =>
    h('button', { type: 'button', class: 'button small', onclick: () => void set(body, done) }, label);
  const person = me();
  replace(
    root,
    h('h3', null, 'A bad day of Slack'),
    button(faults.slow_ack_ms > 0 ? 'Normal acks' : 'Slow acks (4 s)', {
      slow_ack_ms: faults.slow_ack_ms > 0 ? 0 : 4000,
    }),
    button('Next delivery: twice', { duplicate_deliveries: 1 }, 'The next envelope arrives twice.'),
    button('Cut the sockets', { drop_sockets: true }, 'Sockets cut.'),
    button('Ask to reconnect', { disconnect: 'refresh_requested' }, 'The app was asked to reconnect.'),
    button(
      'Next post: 429',
      { fail: { method: 'chat.postMessage', how: '429', retry_after_s: 2 } },
      'The next chat.postMessage is rate limited.',
    ),
    button(
      'Next post: lose the answer',
      { fail: { method: 'chat.postMessage', how: 'lost-reply' } },
      'The next chat.postMessage happens and its answer is lost.',
    ),
    button(
      'Next update: 500',
      { fail: { method: 'chat.update', how: '500' } },
      'The next chat.update fails.',
    ),
    button(down ? 'Slack is back' : 'Slack goes down', { down: !down }),
    person
      ? button(
          person.deleted ? `Activate ${displayName(person.id)}` : `Deactivate ${displayName(person.id)}`,
          {
            deactivate: { user: person.id, deleted: !person.deleted },
          },
        )
      : null,
    humans().some((user) => user.deleted && user.id !== store.me) || faults.fail.length > 0
      ? button('No faults', { clear: true }, 'Everything works again.')
      : null,
  );
}
