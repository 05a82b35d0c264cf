/**
 * The program in the place of a proof (`agent prove-inside`). It looks at the place first and starts nothing in a wrong one; it does all
 * the talking from inside, and decides nothing about the host. It ends with its input, which whoever asked holds open: a dead agent
 * leaves nothing running.
 */
import type { Readable } from 'node:stream';
import type { Clock } from '../../aurora/clock.ts';
import { messageOf } from '../../aurora/errors.ts';
import { readFileFacts } from './file-facts.ts';
import type { ProofFinding } from './job.ts';
import { logOf } from './lone-scheduler.ts';
import { readJob } from './read-job.ts';
import { proveOneWay } from './story.ts';
import { faultsOfPlace } from './verify-place.ts';

interface Inside {
  readonly input: Readable;
  readonly clock: Clock;
  /** Takes the answer, one line. */
  answer(line: string): void;
  /** Ends this process and, with its namespace or control group, every other one. */
  exit(code: number): never;
}

/** Resolves when the answer is given. */
export async function proveInside({ input, clock, answer, exit }: Inside): Promise<void> {
  const findings: ProofFinding[] = [];
  try {
    const { job, backups, backup } = await readJob(input, async ({ place }) => {
      const faults = await faultsOfPlace(place);
      if (faults.length > 0) throw new Error(`the place is not isolated. ${faults.join(' ')}`);
    });
    // From here on only the end can come.
    input
      .on('end', () => exit(3))
      .on('error', () => exit(3))
      .resume();
    const bound = new AbortController();
    void clock
      .sleep(job.bounds.totalMs, bound.signal)
      .then(() => (bound.signal.aborted ? undefined : exit(4)));
    const facts = await readFileFacts(backup);
    for (const way of job.ways) {
      findings.push(
        await proveOneWay({ job, clock, backups, log: logOf(job, way) }, way, { path: backup, facts }),
      );
    }
    bound.abort();
    answer(`${JSON.stringify({ findings })}\n`);
  } catch (error) {
    answer(`${JSON.stringify({ fault: messageOf(error) })}\n`);
  }
}
