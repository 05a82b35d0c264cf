// Bodies in the shape that Mesos' v1 operator API gives them (reference: mesos.md 4.1 and 4.5).

export const frameworkId = '4f7a1c1e-0000-4000-8000-0123456789ab-0000';

/** `GET_MASTER` of one election. */
export function masterBody(election: { id?: string; electedTime?: number } = {}): unknown {
  return {
    type: 'GET_MASTER',
    get_master: {
      master_info: {
        address: { hostname: 'm1.example', ip: '10.0.0.9', port: 5050 },
        capabilities: [{ type: 'AGENT_UPDATE' }],
        hostname: 'm1.example',
        id: election.id ?? 'c1b7f9d2-7d3f-4a6e-9a35-0d6a0f3b8a11',
        ip: 150994954,
        pid: 'master@10.0.0.9:5050',
        port: 5050,
        version: '1.9.0',
      },
      start_time: { nanoseconds: 1_700_000_000_000_000_000 },
      elected_time: election.electedTime ?? 1_700_000_000.5,
    },
  };
}

export function agentsBody(recoveredAgents: readonly unknown[] = []): unknown {
  return {
    type: 'GET_AGENTS',
    get_agents: { agents: [{ active: true }], recovered_agents: recoveredAgents },
  };
}

export function taskBody(task: { id: string; state?: string; framework?: string; tier?: string }): unknown {
  const state = task.state ?? 'TASK_RUNNING';
  return {
    name: 'www-data/prod/hello',
    task_id: { value: task.id },
    framework_id: { value: task.framework ?? frameworkId },
    executor_id: { value: `thermos-${task.id}` },
    agent_id: { value: 'c1b7f9d2-7d3f-4a6e-9a35-0d6a0f3b8a11-S3' },
    state,
    status_update_state: state,
    status_update_uuid: 'qrvM3Q==',
    statuses: [{ state, timestamp: 1.0, source: 'SOURCE_EXECUTOR' }],
    ...(task.tier === undefined
      ? {}
      : { labels: { labels: [{ key: 'org.apache.aurora.tier', value: task.tier }] } }),
    resources: [],
  };
}

export function tasksBody(tasks: readonly unknown[]): unknown {
  return { type: 'GET_TASKS', get_tasks: { tasks, unreachable_tasks: [], completed_tasks: [] } };
}

export function frameworksBody(frameworks: readonly unknown[] = [frameworkBody()]): unknown {
  return { type: 'GET_FRAMEWORKS', get_frameworks: { frameworks, completed_frameworks: [] } };
}

export function frameworkBody(
  facts: { connected?: boolean; unregisteredNanoseconds?: number | string } = {},
): unknown {
  return {
    framework_info: {
      user: 'aurora',
      name: 'Aurora',
      id: { value: frameworkId },
      failover_timeout: 1_814_400,
      checkpoint: true,
      hostname: 'aurora1.example.org',
    },
    active: facts.connected ?? true,
    connected: facts.connected ?? true,
    recovered: false,
    registered_time: { nanoseconds: 1_700_000_000_123_456_789n.toString() },
    unregistered_time: { nanoseconds: facts.unregisteredNanoseconds ?? 0 },
  };
}
