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
          tasks: state.tasks.map(describeTask),
          completed_tasks: state.completed.map(describeTask),
          unreachable_tasks: [],
        },
      };
    case 'GET_FRAMEWORKS':
      return {
        type,
        get_frameworks: { frameworks: state.frameworks.map(describeFramework), completed_frameworks: [] },
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

function describeTask(task: MasterTask): unknown {
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

function tierLabels(task: MasterTask): { key: string; value: string }[] {
  return task.tier === undefined ? [] : [{ key: 'org.apache.aurora.tier', value: task.tier }];
}

function describeFramework(framework: MasterFramework): unknown {
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
