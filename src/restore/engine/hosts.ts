/** The agents of a cluster, as a step or an errand works with them. */
import type { HostAgent } from '../../aurora/hosts.ts';
import type { ClusterAccess } from '../ports.ts';
import { StepInterrupted } from './thread.ts';

export function agentIn({ agents }: Pick<ClusterAccess, 'agents'>, host: string): HostAgent {
  const agent = agents.find((candidate) => candidate.host === host);
  if (agent === undefined) throw new Error(`no agent is configured for ${host}`);
  return agent;
}

/** Works on all of them at once; when all have come to an end, the first failure is thrown: an interruption before any other. */
export async function onEachAgent<T>(
  { agents }: Pick<ClusterAccess, 'agents'>,
  work: (agent: HostAgent) => Promise<T>,
): Promise<T[]> {
  const results = await Promise.allSettled(agents.map((agent) => work(agent)));
  const failures = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  const interrupted = failures.find((failure) => failure instanceof StepInterrupted);
  if (interrupted !== undefined) throw interrupted;
  if (failures.length > 0) throw failures[0];
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

/** Errors that may go away by themselves within seconds: an agent that restarts, has too much to do, or was sent too little in time. */
export const passingCodes = new Set([
  'agent-unreachable',
  'agent-busy',
  'body-too-slow',
  'too-many-requests',
]);
