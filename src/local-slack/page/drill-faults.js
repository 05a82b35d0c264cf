import { act, read } from './api.js';
import { h, replace } from './dom.js';
import { attempt, toast } from './toast.js';

// What can happen to the cluster behind this Slack. A Slack that stands alone offers nothing, and nothing is shown.

const lookEveryMs = 1000;

/** Draws the buttons into `root` and keeps them fresh while something happens. */
export function createDrillFaults(root) {
  let timer = null;
  const draw = (faults) => {
    root.hidden = faults.length === 0;
    replace(
      root,
      h('h3', null, 'What can happen to the cluster'),
      faults.map((fault) =>
        h(
          'button',
          {
            type: 'button',
            class: 'button small',
            title: fault.what,
            disabled: fault.happening,
            onclick: () => void begin(fault),
          },
          fault.happening ? `${fault.name}…` : fault.name,
        ),
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
