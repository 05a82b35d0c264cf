import { act, read } from './api.js';
import { h, replace } from './dom.js';
import { attempt, toast } from './toast.js';

// What can happen to the cluster behind this Slack. A Slack that stands alone offers nothing, and nothing is shown.

const lookEveryMs = 1000;

/** What happens, and under it what that does; the name of a fault is one for commands. */
export function drawFault({ label, what, ...props }) {
  return h(
    'button',
    { type: 'button', class: 'button fault', ...props },
    h('strong', null, label),
    h('small', null, what),
  );
}

/** `agent-crash` as `Agent crash`. */
function inWords(name) {
  const words = name.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Draws the buttons into `root` and keeps them fresh while something happens. */
export function createDrillFaults(root) {
  let timer = null;
  const draw = (faults) => {
    root.hidden = faults.length === 0;
    replace(
      root,
      h('h3', null, 'What can happen to the cluster'),
      faults.map((fault) =>
        drawFault({
          label: `${inWords(fault.name)}${fault.happening ? '…' : ''}`,
          what: fault.what,
          disabled: fault.happening,
          onclick: () => void begin(fault),
          dataset: { fault: fault.name },
        }),
      ),
    );
    clearTimeout(timer);
    if (faults.some((fault) => fault.happening)) timer = setTimeout(() => void show(), lookEveryMs);
  };
  const begin = async (fault) => {
    const answer = await attempt(() => act('drill-faults', { name: fault.name }));
    if (answer === undefined) return;
    toast(fault.what);
    draw(answer.faults);
  };
  const show = async () => {
    const answer = await attempt(() => read('drill-faults'));
    if (answer !== undefined) draw(answer.faults);
  };
  return { show };
}
