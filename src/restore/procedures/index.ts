/**
 * The procedures by name. Readable beside Aurora's own pages on restoring from a backup; the reasons are in ARCHITECTURE.md.
 * Adding one: see CONTRIBUTING.md, "To add a procedure".
 */
import type { RestoreProcedure } from '../../aurora/cluster.ts';
import type { ProcedureDefinition } from './plan.ts';
import { recoveryTool } from './recovery-tool.ts';
import { setAsideLog } from './set-aside-log.ts';
import { staged } from './staged.ts';

export const procedures: Readonly<Record<RestoreProcedure, ProcedureDefinition>> = Object.freeze({
  staged,
  'recovery-tool': recoveryTool,
  'set-aside-log': setAsideLog,
});
