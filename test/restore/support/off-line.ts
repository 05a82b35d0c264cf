/** A restore with the recovery tool over the pretend cluster. */
import type { OperationResult } from '../../../src/aurora/operations.ts';
import type { RestoreState } from '../../../src/restore/record/state.ts';
import type { Meddler } from './pretend-agent.ts';
import type { PretendCluster } from './pretend-cluster.ts';
import type { PretendEngine } from './pretend-engine.ts';
import { backupName, backupSha256, east } from './pretend-scene.ts';
import { ana } from './story.ts';

/** Ana asks for the off-line procedure; the backup is on aurora-2. */
export async function proposeOffLine(engine: PretendEngine): Promise<RestoreState> {
  const answer = await engine.service.propose({
    cluster: east.name,
    channel: east.channel,
    userId: ana.userId,
    reason: 'replicated log corrupt on all hosts',
    incident: 'INC-4411',
    backup: { host: 'aurora-2', name: backupName, sha256: backupSha256 },
    procedure: 'recovery-tool',
  });
  if (!answer.ok) throw new Error(answer.refusal.message);
  return answer.state;
}

/** The first runs of the tool end so, each with a part of the backup in the log; later ones go well. */
export function failingTool(
  cluster: PretendCluster,
  ends: readonly ('failed' | 'uncertain')[],
): { readonly meddler: Meddler; readonly runs: () => number } {
  let runs = 0;
  const known = new Map<string, OperationResult>();
  const meddler: Meddler = async (request, perform) => {
    const { operationId, kind } = request;
    if (kind !== 'run-recovery-tool') return await perform();
    const end = known.get(operationId);
    if (end !== undefined) return end;
    runs += 1;
    const state = ends[runs - 1];
    if (state === undefined) return await perform();
    cluster.host(request.grant.payload.host).log = { name: 'partly filled', tasks: [], frameworkId: null };
    const said = { message: 'The recovery tool ended with 1.', hint: 'Set that log aside.' };
    const result: OperationResult =
      state === 'failed'
        ? { operationId, kind, state, ...said, finishedAt: cluster.clock.now() }
        : { operationId, kind, state, ...said };
    known.set(operationId, result);
    return result;
  };
  return { meddler, runs: () => runs };
}

/** Hosts whose running replica votes and has nothing in its log. */
export function blankVoters(cluster: PretendCluster): readonly string[] {
  return cluster.hosts
    .filter((host) => host.service === 'running' && host.log === cluster.blank)
    .map((host) => host.name);
}
