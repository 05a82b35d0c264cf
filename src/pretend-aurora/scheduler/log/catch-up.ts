import type { Clock } from '../../../aurora/clock.ts';
import type { Ensemble } from './ensemble.ts';
import { fromWire } from './replica-messages.ts';

/** Real replicas were seen to need up to 14 s; a round every few (scaled) seconds is as good. */
const roundSeconds = 3;

/**
 * A replica that is not VOTING needs answers of a quorum of VOTING ones, copies what they hold and joins
 * them; else it tries for ever (mesos.md 2.4). Ends when it is VOTING or the signal aborts.
 */
export async function catchUp(options: {
  ensemble: Ensemble;
  quorum: number;
  msPerSecond: number;
  clock: Clock;
  signal: AbortSignal;
  say: (line: string) => void;
}): Promise<void> {
  const { ensemble, quorum, signal, say } = options;
  const { replica } = ensemble;
  const timeoutMs = Math.max(200, options.msPerSecond * 10);
  let bannerShown = false;
  while (replica.status !== 'VOTING' && !signal.aborted) {
    const answers = await ensemble.ask({ type: 'look' }, { timeoutMs });
    const voting = answers.filter(({ status }) => status === 'VOTING');
    const isCopied =
      voting.length >= quorum &&
      (await copyFrom(ensemble, {
        from: Math.min(...voting.map(({ begin }) => begin)),
        to: Math.max(...voting.map(({ end }) => end)),
        quorum,
        timeoutMs,
      }));
    if (isCopied) {
      replica.persistMetadata({
        status: 'VOTING',
        promised: Math.max(...voting.map(({ promised }) => promised)),
      });
      say('Successfully joined the Paxos group');
      return;
    }
    const allEmpty = answers.filter(({ status }) => status === 'EMPTY').length >= 2 * quorum - 1;
    if (allEmpty && !bannerShown) {
      say('Replicated log has not been initialized. Did you forget to initialize the log?');
      say(`mesos-log initialize --path=${replica.path}`);
      bannerShown = true;
    }
    await options.clock.sleep(options.msPerSecond * roundSeconds, signal);
  }
}

/** False when less than a quorum answers: who has left since it was looked at may be the one that holds the data (mesos.md 2.5). */
async function copyFrom(
  ensemble: Ensemble,
  { from, to, quorum, timeoutMs }: { from: number; to: number; quorum: number; timeoutMs: number },
): Promise<boolean> {
  const answers = await ensemble.ask({ type: 'fetch', from, to }, { timeoutMs });
  const voting = answers.filter(({ status }) => status === 'VOTING');
  if (voting.length < quorum) return false;
  for (const wire of voting.flatMap(({ actions }) => actions)) {
    const have = ensemble.replica.read(wire.position);
    if (have === null || (!have.learned && wire.learned)) ensemble.replica.persist(fromWire(wire));
  }
  return true;
}
