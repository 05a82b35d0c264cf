/** One operation with its arguments, tools and id: what the runner drives without knowing its kind. */
import { messageOf } from '../../aurora/errors.ts';
import type {
  OperationEvidence,
  OperationKind,
  OperationRequest,
  OperationResult,
} from '../../aurora/operations.ts';
import { explainSystemError } from '../../aurora/system-errors.ts';
import type { OperationTable, OperationTools } from './operation.ts';

type Evidence = OperationEvidence[OperationKind];

export interface BoundOperation {
  readonly operationId: string;
  readonly kind: OperationKind;
  observe(): Promise<
    | { readonly state: 'done'; readonly evidence: Evidence }
    | { readonly state: 'not-done' }
    | { readonly state: 'unknown'; readonly why: string }
  >;
  run(): Promise<{ readonly changed: boolean; readonly evidence: Evidence }>;
  done(outcome: { changed: boolean; evidence: Evidence }): OperationResult;
  failed(error: unknown): OperationResult;
  uncertain(why: string): OperationResult;
}

/** Looks the operation up and hands it everything it will need. */
export function bindOperation<K extends OperationKind>(
  table: OperationTable,
  tools: OperationTools,
  {
    request: { operationId, kind, params, grant },
    started,
  }: { request: OperationRequest<K>; started: boolean },
): BoundOperation {
  const operation = table[kind];
  const context = { ...tools, operationId, restoreId: grant.payload.restoreId, interrupted: started };
  const { clock } = tools;
  return {
    operationId,
    kind,
    observe: () => operation.observe(context, params),
    run: () => operation.run(context, params),
    done: ({ changed, evidence }) => ({
      operationId,
      kind,
      state: 'done',
      changed,
      evidence,
      finishedAt: clock.now(),
    }),
    failed: (error) => {
      const known = explainSystemError(error);
      return {
        operationId,
        kind,
        state: 'failed',
        message: known?.message ?? messageOf(error),
        hint: known?.hint ?? "Read the agent's log on the host for the whole error.",
        finishedAt: clock.now(),
      };
    },
    uncertain: (why) => ({
      operationId,
      kind,
      state: 'uncertain',
      message: why,
      hint: 'Look at the host and at the state of the scheduler; the agent will not repeat this by itself.',
    }),
  };
}
