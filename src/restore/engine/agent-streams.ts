/**
 * What agents stream, for the steps: read to its end, and from its beginning again when it breaks off. A host that
 * reboots breaks a stream within seconds and is back within minutes: streams are asked for as patiently as anything else.
 */
import type { HostAgent } from '../../aurora/hosts.ts';
import type { StepContext } from '../step.ts';

/** The two ways a step has to what agents stream; see `StepContext`. */
export function createAgentStreams(wiring: {
  patiently: StepContext['patiently'];
  agentOf: (host: string) => HostAgent;
  restoreId: string;
}): Pick<StepContext, 'readTasks' | 'copyHeldBackup'> {
  const { patiently, agentOf, restoreId } = wiring;
  return {
    readTasks: async (host, name, consume) => {
      const mark = furthestMark();
      return await patiently(`${host}'s agent`, (progressed) =>
        consume(marked(agentOf(host).readBackupTasks(name), mark(progressed))),
      );
    },
    copyHeldBackup: async ({ from, to, name, sha256 }) => {
      const mark = furthestMark();
      await patiently(`the agents of ${from} and ${to}`, async (progressed) => {
        const held = await agentOf(from).readHeldBackup({ restoreId, name });
        const bytes = marked(held, mark(progressed));
        await agentOf(to).uploadBackup({ restoreId, name, sha256, bytes });
      });
    },
  };
}

/**
 * Tells of progress only where no earlier reading has come: a stream that breaks at the same place every time is not
 * asked for without end.
 */
function furthestMark(): (progressed: () => void) => (passed: number) => void {
  let furthest = 0;
  return (progressed) => (passed) => {
    if (passed <= furthest) return;
    furthest = passed;
    progressed();
  };
}

async function* marked<T>(parts: AsyncIterable<T>, mark: (passed: number) => void): AsyncGenerator<T> {
  let passed = 0;
  for await (const part of parts) {
    passed += 1;
    mark(passed);
    yield part;
  }
}
