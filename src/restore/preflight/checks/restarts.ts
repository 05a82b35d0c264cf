import { type Check, type Finding, warn } from '../finding.ts';
import type { SeenHost } from '../reading.ts';
import { timeText } from '../words.ts';

/** A leader ends once a day by itself (`-max_leading_duration`) and is started again: one or two are no sign of anything. */
const manyRestarts = 3;
/** Packages restart after 20 s, and a scheduler that cannot register ends after a minute: a loop never gets this old. */
const settledMs = 600_000;

/** A scheduler in a restart loop runs whenever one looks. A restore may be the cure, and its stop must beat the loop. */
export const restarts: Check = {
  name: 'schedulers not restarting',
  code: 'host-unfit',
  find: ({ hosts }) => hosts.flatMap(findOn),
  passes: ({ hosts }) => {
    const running = hosts.filter(({ status }) => status.scheduler.service === 'running').length;
    return `${running} schedulers run, and none of them keeps restarting.`;
  },
};

function findOn({ host, status }: SeenHost): Finding[] {
  const { service, restarts: counted = null } = status.scheduler;
  if (service === 'stopped') return [];
  const uptimeSecs = status.vars?.['jvm_uptime_secs'];
  const upMs = typeof uptimeSecs === 'number' ? uptimeSecs * 1_000 : null;
  if (upMs !== null && upMs >= settledMs) return [];
  if (counted !== null && counted < manyRestarts) return [];
  const up = upMs === null ? 'it does not say for how long' : `it has run for ${timeText(upMs)}`;
  if (counted === null) {
    return [
      warn(
        `whether the scheduler keeps restarting cannot be seen: its service manager does not count, and ${up}.`,
        "Look at the scheduler's log.",
        { host },
      ),
    ];
  }
  return [
    warn(
      `the scheduler was restarted ${counted} times by its service manager, and ${up}.`,
      'It may be in a restart loop: its log says why it ends. A restore stops it for good first.',
      { host },
    ),
  ];
}
