import { grantLifeMs } from '../../engine/operating.ts';
import { type Check, type Finding, refuse, warn } from '../finding.ts';
import type { SeenHost } from '../reading.ts';
import { timeText } from '../words.ts';

/** Machines under NTP are within milliseconds of each other; the journey of an answer does not count at all. */
const warnMs = 2_000;
/** What agents allow unless they are configured otherwise (`bounds.clockSkewMs`), for those that do not tell. */
const allowedMsStandard = 30_000;

/**
 * An agent judges grants by its own clock (src/agent/grants.ts): one that is behind by more than it allows refuses them as
 * issued in the future, one that is ahead by more than that and the life of a grant refuses them as expired.
 */
export const clockSkew: Check = {
  name: 'clock skew',
  code: 'host-unfit',
  find: ({ hosts }) => hosts.flatMap(findOn),
  passes: ({ hosts }) => {
    const most = Math.max(0, ...hosts.map(({ clockAheadMs }) => Math.abs(clockAheadMs)));
    return `No clock is further from the bot's than ${most === 0 ? 'an answer takes' : timeText(most)}.`;
  },
};

function findOn({ host, status, clockAheadMs }: SeenHost): Finding[] {
  const allowedMs = status.grants?.clockSkewMs ?? allowedMsStandard;
  const off = timeText(Math.abs(clockAheadMs));
  const way = clockAheadMs > 0 ? 'ahead of' : 'behind';
  const limitMs = clockAheadMs > 0 ? grantLifeMs + allowedMs : allowedMs;
  if (Math.abs(clockAheadMs) > limitMs) {
    return [
      refuse(
        `the clock is ${off} ${way} the bot's, and the agent refuses every grant beyond ${timeText(limitMs)}.`,
        'Set the clocks right (NTP) before a restore.',
        { host },
      ),
    ];
  }
  if (Math.abs(clockAheadMs) <= warnMs) return [];
  return [
    warn(
      `the clock is ${off} ${way} the bot's.`,
      `Times in its logs are off by that much; grants are refused beyond ${timeText(limitMs)}.`,
      { host },
    ),
  ];
}
