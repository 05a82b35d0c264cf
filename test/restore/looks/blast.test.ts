import { expect, it } from 'vitest';
import type { TaskRow } from '../../../src/aurora/tasks.ts';
import { computeBlastRadius } from '../../../src/backups/blast-radius.ts';
import { keepBlastRadius } from '../../../src/restore/looks/blast.ts';
import type { StepContext } from '../../../src/restore/step.ts';
import { openStore } from '../../contracts/support.ts';

it('of a thousand jobs the two hundred that lose most are told, first the one that loses most', async () => {
  const store = await openStore(':memory:');
  const context = { restoreId: 'R1', deps: { documents: store } } as unknown as StepContext;
  const lossOf = (job: number): number => (job * 7) % 5;
  const nameOf = (job: number): string => `job-${String(job).padStart(4, '0')}`;
  const running = Array.from({ length: 1_000 }, (_, job) =>
    Array.from(
      { length: lossOf(job) },
      (_, instance): TaskRow => ({
        taskId: `${nameOf(job)}-${instance}`,
        jobKey: { role: 'www', environment: 'prod', name: nameOf(job) },
        instanceId: instance,
        status: 'RUNNING',
      }),
    ),
  ).flat();

  const blast = await computeBlastRadius({ backup: [], running });
  const { jobs, jobsLeftOut } = await keepBlastRadius(context, { document: 'cost', blast });

  const fours = Array.from({ length: 1_000 }, (_, job) => job).filter((job) => lossOf(job) === 4);
  expect(jobs.map(({ job }) => job)).toEqual(fours.map((job) => `www/prod/${nameOf(job)}`));
  expect(jobs).toHaveLength(200);
  expect(jobsLeftOut).toBe(600);
});
