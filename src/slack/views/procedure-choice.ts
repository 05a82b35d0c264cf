/** Which procedure, for releases that have two; the others are not asked. */
import type { KnownBlock, PlainTextOption } from '@slack/types';
import type { Procedure } from '../../aurora/cluster.ts';
import { chooseProcedure, hasRecoveryTool } from '../../restore/procedures/choose.ts';
import { plain } from '../escape.ts';

/** The part of a cluster that the choice depends on. */
export interface ProcedureChoice {
  readonly name: string;
  readonly auroraVersion: string;
  readonly procedure?: Procedure;
}

/** No block where there is no choice; the cluster's own procedure is preselected. */
export function procedureBlocks(cluster: ProcedureChoice): KnownBlock[] {
  const { auroraVersion, procedure: configured } = cluster;
  if (!hasRecoveryTool(auroraVersion)) return [];
  const usual = chooseProcedure({ auroraVersion, configured, requested: null });
  const initial = options.find((option) => 'procedure' in usual && option.value === usual.procedure);
  return [
    {
      type: 'input',
      // Another cluster may be configured otherwise: a new id makes Slack forget what was chosen before.
      block_id: procedureField(cluster.name),
      label: { type: 'plain_text', text: 'Procedure' },
      element: {
        type: 'static_select',
        action_id: 'procedure',
        options,
        ...(initial === undefined ? {} : { initial_option: initial }),
      },
    },
  ];
}

/** The choice that was sent off; `null` when nothing was asked. */
export function readProcedure(
  values: Readonly<Record<string, string | undefined>>,
  cluster: string,
): Procedure | null {
  const value = values[procedureField(cluster)];
  return value === 'staged' || value === 'recovery-tool' ? value : null;
}

function procedureField(cluster: string): string {
  return `procedure-${plain(cluster, 100)}`;
}

const option = (value: Procedure, text: string): PlainTextOption => ({
  text: { type: 'plain_text', text },
  value,
});

const options = [
  option('staged', 'Staged: the elected scheduler loads and commits it'),
  option('recovery-tool', "Recovery tool: off-line, by Aurora's own tool"),
];
