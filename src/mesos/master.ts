import type { Clock } from '../aurora/clock.ts';
import type { FrameworkFacts, LiveTask, MesosMaster } from '../aurora/mesos.ts';
import { connectionsOf, type MesosAccess } from './access.ts';
import { getAgents, getFrameworks, getMaster, getTasks, type MesosFramework } from './answers.ts';
import { censusUntrusted, liveTasksOf } from './census.ts';
import { askLeadingMaster, type MastersOptions } from './leading-master.ts';

interface MesosMasterOptions {
  /** Base URLs of all masters, such as `http://m1.example:5050`; the leading one is found among them. */
  readonly masters: readonly string[];
  /** The longest silence of each HTTP call. */
  readonly deadlineMs: number;
  readonly clock: Clock;
  /** What the masters ask for: credentials, certificates. */
  readonly access?: MesosAccess;
}

/**
 * Reads from the leading Mesos master's v1 operator API (Mesos 1.0 and later). Nothing is connected before the first
 * question, and nothing is kept between two: each finds the leader anew.
 */
export function openMesosMaster(options: MesosMasterOptions): MesosMaster {
  const { access = {} } = options;
  const masters: MastersOptions = {
    masters: options.masters,
    deadlineMs: options.deadlineMs,
    clock: options.clock,
    authorization: access.authorization,
    connections: connectionsOf(access),
  };
  return {
    listLiveTasks: (frameworkId, consume) => takeCensus(frameworkId, masters, consume),
    listFrameworks: async () => {
      const { answer } = await askLeadingMaster(getFrameworks, masters);
      return answer.get_frameworks.frameworks.map(factsOf);
    },
  };
}

/**
 * A census is four questions, and it counts only when all four were answered by the same election's leader: the list
 * lives in the master's memory and is refilled by the agents after an election (mesos.md 4.6).
 */
async function takeCensus<T>(
  frameworkId: string,
  masters: MastersOptions,
  consume: (tasks: AsyncIterable<LiveTask>) => Promise<T>,
): Promise<T> {
  const before = await askLeadingMaster(getMaster, masters);
  const leader = { ...masters, masters: [before.master] };
  const { answer: missing } = await askLeadingMaster(getAgents, leader);
  if (missing > 0) {
    throw censusUntrusted(`${missing} agent${missing === 1 ? ' has' : 's have'} not registered again`, {
      details: { recoveredAgents: missing },
    });
  }
  let live = 0;
  const counting = async function* (tasks: AsyncIterable<LiveTask>): AsyncGenerator<LiveTask> {
    live = 0;
    for await (const task of tasks) {
      live += 1;
      yield task;
    }
  };
  const { answer } = await askLeadingMaster(
    getTasks((tasks) => consume(counting(liveTasksOf(frameworkId, tasks)))),
    leader,
  );
  if (live === 0) await confirmKnown(frameworkId, leader);
  const after = await askLeadingMaster(getMaster, leader);
  if (electionOf(before.answer) !== electionOf(after.answer)) {
    throw censusUntrusted('another master was elected while it was asked');
  }
  return answer;
}

/** No tasks of a framework that the master does not list is ignorance (or an ACL that hides it), not an empty cluster. */
async function confirmKnown(frameworkId: string, leader: MastersOptions): Promise<void> {
  const { answer } = await askLeadingMaster(getFrameworks, leader);
  const { frameworks, completed_frameworks: completed } = answer.get_frameworks;
  const known = [...frameworks, ...completed].some(
    ({ framework_info: info }) => info.id.value === frameworkId,
  );
  if (!known) {
    throw censusUntrusted(`it does not list the framework ${frameworkId}`, {
      hint: "Compare the framework id with the master's own list. If it should be there, wait until the agents have registered again, and check that the master's ACLs do not hide it.",
      details: { frameworkId },
    });
  }
}

function electionOf(answer: {
  get_master: { master_info: { id: string }; elected_time?: number | undefined };
}): string {
  return `${answer.get_master.master_info.id} ${answer.get_master.elected_time ?? ''}`;
}

function factsOf(framework: MesosFramework): FrameworkFacts {
  const unregisteredAtMs = framework.unregistered_time ?? 0;
  return {
    frameworkId: framework.framework_info.id.value,
    name: framework.framework_info.name,
    connected: framework.connected,
    failoverTimeoutMs: Math.round(framework.framework_info.failover_timeout * 1_000),
    // Releases write 0 for "never"; a framework that came back keeps the time of its last absence.
    unregisteredAtMs: framework.connected || unregisteredAtMs <= 0 ? null : unregisteredAtMs,
  };
}
