import type { MasterFramework, MasterState, MasterTask } from './state.ts';

export interface MasterAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Answers of the operator API v1 to its reading calls, shaped as mesos.md 4.5; `null` for a call it does not
 * know.
 */
export function answerOperatorCall(type: string, state: MasterState, at: MasterAddress): unknown {
  switch (type) {
    case 'GET_TASKS':
      return {
        type,
        get_tasks: {
          tasks: state.tasks.map(taskV1),
          completed_tasks: state.completed.map(taskV1),
          unreachable_tasks: [],
        },
      };
    case 'GET_FRAMEWORKS':
      return {
        type,
        get_frameworks: { frameworks: state.frameworks.map(frameworkV1), completed_frameworks: [] },
      };
    case 'GET_AGENTS':
      return {
        type,
        get_agents: {
          agents: state.agents.map(({ agentId, hostname }) => ({
            agent_info: { id: { value: agentId }, hostname },
            active: true,
            version: '1.6.1',
          })),
          recovered_agents: [],
        },
      };
    case 'GET_MASTER':
      return { type, get_master: { master_info: masterInfo(at), start_time: 1, elected_time: 1 } };
    default:
      return null;
  }
}

/** The v0 `/state` document, the fields of mesos.md 4.4. */
export function describeState(state: MasterState, at: MasterAddress): unknown {
  return {
    version: '1.6.1',
    hostname: at.host,
    pid: `master@${at.host}:${at.port}`,
    leader: `master@${at.host}:${at.port}`,
    leader_info: masterInfo(at),
    start_time: 1,
    elected_time: 1,
    activated_slaves: state.agents.length,
    deactivated_slaves: 0,
    unreachable_slaves: 0,
    slaves: state.agents.map(({ agentId, hostname }) => ({ id: agentId, hostname, active: true })),
    recovered_slaves: [],
    frameworks: state.frameworks.map((framework) => frameworkV0(framework, state)),
    completed_frameworks: [],
    orphan_tasks: [],
    unregistered_frameworks: [],
  };
}

function masterInfo({ host, port }: MasterAddress): unknown {
  return {
    id: 'drill-master',
    hostname: host,
    port,
    pid: `master@${host}:${port}`,
    version: '1.6.1',
    address: { hostname: host, ip: host, port },
  };
}

function taskV1(task: MasterTask): unknown {
  return {
    name: task.name,
    task_id: { value: task.taskId },
    framework_id: { value: task.frameworkId },
    executor_id: { value: `thermos-${task.taskId}` },
    agent_id: { value: task.agentId },
    state: task.state,
    status_update_state: task.state,
    statuses: [{ state: task.state, timestamp: task.at / 1000, source: 'SOURCE_EXECUTOR' }],
    labels: { labels: tierLabels(task) },
    resources: [],
  };
}

function taskV0(task: MasterTask): unknown {
  return {
    id: task.taskId,
    name: task.name,
    framework_id: task.frameworkId,
    executor_id: `thermos-${task.taskId}`,
    slave_id: task.agentId,
    state: task.state,
    resources: {},
    role: '*',
    statuses: [{ state: task.state, timestamp: task.at / 1000 }],
    labels: tierLabels(task),
  };
}

function tierLabels(task: MasterTask): { key: string; value: string }[] {
  return task.tier === undefined ? [] : [{ key: 'org.apache.aurora.tier', value: task.tier }];
}

function frameworkV1(framework: MasterFramework): unknown {
  const connected = framework.unregisteredAt === null;
  return {
    framework_info: {
      user: 'root',
      name: framework.name,
      id: { value: framework.frameworkId },
      failover_timeout: framework.failoverTimeoutSecs,
      checkpoint: true,
    },
    active: connected,
    connected,
    recovered: false,
    registered_time: { nanoseconds: framework.registeredAt * 1e6 },
    ...(framework.unregisteredAt !== null && {
      unregistered_time: { nanoseconds: framework.unregisteredAt * 1e6 },
    }),
  };
}

function frameworkV0(framework: MasterFramework, state: MasterState): unknown {
  const connected = framework.unregisteredAt === null;
  const mine = ({ frameworkId }: MasterTask) => frameworkId === framework.frameworkId;
  return {
    id: framework.frameworkId,
    name: framework.name,
    active: connected,
    connected,
    recovered: false,
    user: 'root',
    failover_timeout: framework.failoverTimeoutSecs,
    registered_time: framework.registeredAt / 1000,
    unregistered_time: (framework.unregisteredAt ?? 0) / 1000,
    tasks: state.tasks.filter(mine).map(taskV0),
    completed_tasks: state.completed.filter(mine).map(taskV0),
    unreachable_tasks: [],
    executors: [],
    offers: [],
  };
}
