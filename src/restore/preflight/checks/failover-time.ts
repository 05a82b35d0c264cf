import { liesAhead } from '../../../aurora/backup-time.ts';
import { errorCodes, hasCode } from '../../../aurora/error-codes.ts';
import type { FrameworkFacts } from '../../../aurora/mesos.ts';
import { longestMs, neededMs } from '../duration.ts';
import { type Check, type Finding, refuse, warn } from '../finding.ts';
import type { Reading } from '../reading.ts';
import { timeText } from '../words.ts';

/** Less than this is worth a warning: people need time to look at a plan, and a restore may get stuck for a while. */
const comfortableMs = 3_600_000;

/**
 * From the moment the scheduler disconnects, Mesos waits for `failover_timeout`; then it removes the framework, kills all
 * of its tasks and never takes that id again (mesos.md 4.7). The restore must register again before that.
 */
export const failoverTime: Check = {
  name: 'framework failover time',
  code: 'failover-time-short',
  find: (reading) => {
    const found = frameworkOf(reading);
    return 'finding' in found ? [found.finding] : judge(reading, found.framework);
  },
  passes: (reading) => {
    const found = frameworkOf(reading);
    if ('finding' in found) return '';
    const left = leftOf(found.framework, reading.now);
    return `Mesos keeps the framework's tasks for ${timeText(left ?? 0)} ${found.framework.connected ? 'after the stop' : 'from now'}.`;
  },
};

type Found = { readonly framework: FrameworkFacts } | { readonly finding: Finding };

/** By the id in the backup, never by name (mesos.md 5). */
function frameworkOf({ frameworks, backup, hosts }: Reading): Found {
  const flag = hosts[0]?.status.flags.values['framework_failover_timeout'] ?? '21days, which is the default';
  const asked = `The flag -framework_failover_timeout asks for ${flag}.`;
  const unseen = (why: string): Found => ({
    finding: warn(
      `How long Mesos still keeps the framework's tasks cannot be seen: ${why} ${asked}`,
      'Look at /frameworks of the Mesos master: unregistered_time + failover_timeout is when every task is killed.',
    ),
  });
  if (!frameworks.ok) {
    const { error } = frameworks;
    // Nothing after this could ask it either: who is killed, what has registered.
    if (hasCode(error, errorCodes.mesosUnauthorized))
      return { finding: refuse(error.message, error.hint, { code: error.code }) };
    return unseen(error.message);
  }
  if (!backup.ok)
    return unseen(`the backup, which names the framework, could not be read (${backup.error.message})`);
  const { frameworkId } = backup.value;
  if (frameworkId === null) return unseen('the backup names no framework.');
  const framework = frameworks.value.find((one) => one.frameworkId === frameworkId);
  if (framework !== undefined) return { framework };
  return {
    finding: refuse(
      `The Mesos master does not know framework ${frameworkId}, which this backup belongs to.`,
      "Mesos would refuse to register it: its failover time has run out, or it is another cluster's. Choose a backup that was written under the framework that runs now.",
      { code: 'framework-unknown' },
    ),
  };
}

/** `null` when it is disconnected and the master does not say since when; never more than from now on. */
function leftOf(
  { connected, failoverTimeoutMs, unregisteredAtMs }: FrameworkFacts,
  now: number,
): number | null {
  if (connected) return failoverTimeoutMs;
  return unregisteredAtMs === null ? null : Math.min(unregisteredAtMs, now) + failoverTimeoutMs - now;
}

/** A master whose clock is behind shows nothing of the kind: the time that is left is then told too short, never too long. */
function masterIsAhead({ connected, unregisteredAtMs }: FrameworkFacts, now: number): boolean {
  return !connected && unregisteredAtMs !== null && liesAhead(now - unregisteredAtMs);
}

function judge({ cluster, now }: Reading, framework: FrameworkFacts): Finding[] {
  const { connected, failoverTimeoutMs } = framework;
  const left = leftOf(framework, now);
  const needed = neededMs(cluster);
  if (left !== null && left <= 0) {
    return [
      refuse(
        `The failover time of the framework ran out ${timeText(-left)} ago: Mesos has killed its tasks, or is about to.`,
        'A restore cannot bring that framework back. Look at what still runs, and talk to the owners of the jobs.',
      ),
    ];
  }
  const known = left ?? failoverTimeoutMs;
  if (known < needed) {
    return [
      refuse(
        `${told(known, connected)}, and a restore may need ${timeText(needed)} until a scheduler registers again, even when everybody signs at once.`,
        connected
          ? 'Raise -framework_failover_timeout on all hosts and let the leader register with it first.'
          : 'Start one scheduler that registers, if any can, and the clock starts again; otherwise every task will be killed.',
      ),
    ];
  }
  if (masterIsAhead(framework, now)) {
    return [
      warn(
        `The Mesos master says that the framework was disconnected at a time ahead of the bot's clock: the clocks disagree, and at most ${timeText(failoverTimeoutMs)} are left.`,
        'Count from the moment at which the last scheduler led, and compare the clocks.',
      ),
    ];
  }
  if (left === null) {
    return [
      warn(
        `The scheduler is disconnected and Mesos does not say since when (a master that was elected since forgets it): at most ${timeText(failoverTimeoutMs)} are left.`,
        'Count from the moment at which the last scheduler led.',
      ),
    ];
  }
  const longest = longestMs(cluster);
  if (left >= Math.max(comfortableMs, longest)) return [];
  return [
    warn(
      `${told(left, connected)}; a restore may need ${timeText(needed)} of its own, and ${timeText(longest)} when people take all their time.`,
      connected ? 'Have the second signer ready before you approve.' : 'Decide soon.',
    ),
  ];
}

function told(left: number, connected: boolean): string {
  return connected
    ? `Mesos kills every task when no scheduler registers within ${timeText(left)} after the stop`
    : `The scheduler is disconnected, and Mesos kills every task in ${timeText(left)}`;
}
