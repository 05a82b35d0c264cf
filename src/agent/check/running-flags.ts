/** Whether the process was started with what the flag file says now, and whether a restore explains where it was not. */
import { compareFlags } from '../files/scheduler-process.ts';
import type { FlagValues } from '../flags/flag-grammar.ts';
import type { OperationTools } from '../operations/operation.ts';
import { readProcessFlags } from '../scheduler-presence.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

/** What a restore holds back in the processes that it starts, and how that process is told from others. */
const heldBack: Readonly<Record<string, (restoreId: string) => string>> = {
  reconciliation_initial_delay: (restoreId) => `with the long reconciliation delay of restore ${restoreId}`,
  gc_executor_path: (restoreId) => `without the GC executor, as restore ${restoreId} started it`,
};

export async function checkRunningFlags(
  { config, flags }: OperationTools,
  pid: number,
): Promise<readonly Finding[]> {
  const given = (await readProcessFlags(config, pid)) ?? {};
  const { values } = await flags.read();
  const { recognised, different } = compareFlags(given, values);
  if (!recognised) {
    if (config.drivers.service.kind === 'command') return [];
    return [
      problem(
        `Process ${pid} was not started with any flag of ${config.paths.flags}.`,
        'Correct paths.flags, drivers.flags or drivers.service: a start is only believed when the flags can be read back.',
      ),
    ];
  }
  const held = Object.keys(heldBack).find((name) => given[name] !== values[name]);
  const restoreId = held === undefined ? null : await findRestore(held, given, flags);
  if (held !== undefined && restoreId !== null && different.every((name) => name === held)) {
    return [
      warning(
        `The scheduler still runs ${heldBack[held]?.(restoreId) ?? ''}; its next start takes the flag file's.`,
        'Restart it when that suits you, one host after the other, unless that restore is still in progress.',
      ),
    ];
  }
  if (different.length === 0) return [ok('The scheduler was started with the flags of the flag file.')];
  return [
    problem(
      `The scheduler was started with other flags than those of ${config.paths.flags}: ${different.map((name) => `-${name}`).join(', ')}.`,
      'Correct paths.flags or drivers.flags, or start the scheduler again if the file was changed since.',
    ),
  ];
}

/** The last restore whose flag file said of this flag what the process was started with. */
async function findRestore(
  name: string,
  given: FlagValues,
  flags: OperationTools['flags'],
): Promise<string | null> {
  const changed = await flags.listChanged();
  return changed.find(({ values }) => values[name] === given[name])?.restoreId ?? null;
}
