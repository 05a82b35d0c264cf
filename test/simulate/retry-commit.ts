/** The mistake `commit-retried`: a commit that nobody has answered is asked for again, as an operation of its own. */
import type { HostAgent } from '../../src/aurora/hosts.ts';
import type { OperationResult } from '../../src/aurora/operations.ts';
import type { GrantSigner } from '../../src/restore/ports.ts';

export function retryCommit(agent: HostAgent, grants: GrantSigner): HostAgent {
  return {
    ...agent,
    perform: async (request, signal) => {
      const ask = async (operationId: string) => {
        const grant = grants.sign({ ...request.grant.payload, operationId });
        return await agent.perform({ ...request, operationId, grant }, signal);
      };
      if (request.kind !== 'commit-recovery') return await agent.perform(request, signal);
      const result = await agent.perform(request, signal).catch(() => null);
      return result === null || isUnanswered(result) ? await ask(`${request.operationId}.again`) : result;
    },
  };
}

function isUnanswered(result: OperationResult): boolean {
  return result.state === 'done' && JSON.stringify(result.evidence).includes('no-reply');
}
