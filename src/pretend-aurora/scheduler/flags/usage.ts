import type { SimulatedRelease } from '../../release/simulated-release.ts';
import { flagKindsOf, requiredFlags } from './table.ts';

/** What a scheduler prints on stdout when it does not start because of a flag. */
export function flagUsage(release: SimulatedRelease): string {
  const required = new Set(requiredFlags);
  const lines = [...flagKindsOf(release)]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, kind]) => {
      const mark = required.has(name) ? '*' : ' ';
      return `  ${mark} -${name}\n      (${kind})`;
    });
  return `Usage: org.apache.aurora.scheduler.app.SchedulerMain [options]\n  Options:\n${lines.join('\n')}\n`;
}
