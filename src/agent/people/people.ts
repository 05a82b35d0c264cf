/**
 * Whether people have signed what is asked of this host, with keys that neither bot nor Slack has. Asked when a request comes, so that
 * it is refused; and once more at the instant it would act, because other operations may have changed the host since.
 */
import { AuroraError, messageOf } from '../../aurora/errors.ts';
import type { HostPeople } from '../../aurora/hosts.ts';
import type { OperationRequest } from '../../aurora/operations.ts';
import { type Intent, type Statement, statementHash } from '../../aurora/statement.ts';
import { type GrantRule, refuse } from '../grants.ts';
import type { OperationJournal } from '../operation-journal.ts';
import type { OperationTools } from '../operations/operation.ts';
import { addRow, noHistory, type StatementUse } from './history.ts';
import { readHostState } from './host-state.ts';
import { judgeProofs } from './judge-proofs.ts';
import { needOf } from './needs.ts';
import type { RosterFile } from './roster-file.ts';
import { faultOfStaged } from './staged-set.ts';

export interface PeopleVerdict {
  /** To be kept with the start of the operation; `null` when it takes nobody's signature. */
  readonly use: StatementUse | null;
  /** How many people's proofs were good. */
  readonly proofs: number;
  /** What `require` would have refused; `null` when it would not. */
  readonly unproven: string | null;
}

export interface People {
  /** Throws AuroraError `grant-refused` where signatures are required and missing. */
  judge(request: OperationRequest, when: 'asked' | 'acting'): Promise<PeopleVerdict>;
  status(): Promise<HostPeople>;
}

interface PeopleParts {
  readonly tools: OperationTools;
  readonly journal: OperationJournal;
  readonly roster: RosterFile;
  readonly mode: 'observe' | 'require';
}

/** What a host that asks nobody says of itself. */
export const nobodyAsked: HostPeople = { mode: 'off', rosterHash: null, refused: [], verified: [] };

const keptMax = 20;

/** Builds it; nothing is read before the first question. */
export function createPeople({ tools, journal, roster, mode }: PeopleParts): People {
  const { clock, config } = tools;
  const refused: HostPeople['refused'][number][] = [];
  const verified: HostPeople['verified'][number][] = [];
  let history = noHistory;
  let seq = 0;

  const readHistory = () => {
    for (const row of journal.listAfter(seq)) {
      history = addRow(history, row);
      seq = row.seq;
    }
    return history;
  };

  const judge: People['judge'] = async (request, when) => {
    const judged = await weigh(request, when).catch(asRefusal);
    if ('proofs' in judged) {
      if (judged.use !== null && when === 'acting')
        keep(verified, { ...named(request), intent: judged.use.proven, proofs: judged.proofs });
      return judged;
    }
    const { rule, says } = judged;
    // What was let through once is told once.
    if (mode === 'require' || when === 'acting') keep(refused, { ...named(request), rule, says });
    if (mode === 'require') throw refuse(rule, says);
    return { use: null, proofs: 0, unproven: says };
  };

  const weigh = async (
    request: OperationRequest,
    when: 'asked' | 'acting',
  ): Promise<PeopleVerdict | { rule: GrantRule; says: string }> => {
    const state = await readHostState(tools, readHistory());
    const need = needOf(request, { state, auroraVersion: config.auroraVersion });
    if (need.proven === 'nobody') return { use: null, proofs: 0, unproven: null };
    if (need.proven === 'never') return { rule: 'state', says: need.why };
    const known = await roster.read().catch((error: unknown) => messageOf(error));
    if (typeof known === 'string') return { rule: 'roster', says: known };
    const { granted, refusal } = judgeProofs(request, need.proven, {
      roster: known,
      state,
      host: config.host,
      cluster: config.cluster,
      now: clock.now(),
      clockSkewMs: config.bounds.clockSkewMs,
    });
    if (refusal !== null) return refusal;
    if (when === 'acting' && request.kind === 'commit-recovery') {
      const differs = await faultOfStaged(tools.reader, granted.statements[0]);
      if (differs !== null) return { rule: 'signed-content', says: differs };
    }
    return { use: useOf(granted.proven, granted.statements), proofs: granted.people.length, unproven: null };
  };

  const named = ({ operationId, grant }: OperationRequest) => ({
    at: clock.now(),
    operationId,
    restoreId: grant.payload.restoreId,
  });

  return {
    judge,
    status: async () => {
      const told = { mode, refused: [...refused], verified: [...verified] };
      try {
        return { ...told, rosterHash: (await roster.read()).hash };
      } catch (error) {
        if (!(error instanceof AuroraError)) throw error;
        return { ...told, rosterHash: null, fault: error.message };
      }
    },
  };
}

/** A host that cannot be seen has nobody's word; `observe` goes on whatever it is. */
function asRefusal(error: unknown): { rule: GrantRule; says: string } {
  if (!(error instanceof AuroraError)) throw error;
  return { rule: 'state', says: `The agent cannot tell whose signatures this needs: ${error.message}` };
}

function useOf(proven: Intent, statements: readonly [Statement, ...Statement[]]): StatementUse {
  return { proven, journal: statements[0].journal, statements: statements.map(statementHash) };
}

function keep<T>(list: T[], entry: T): void {
  list.push(entry);
  if (list.length > keptMax) list.shift();
}
