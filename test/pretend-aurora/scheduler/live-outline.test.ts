import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { collectOutline } from '../../../src/aurora/outline.ts';
import { diffOutlines, isSame } from '../../../src/backups/diff.ts';
import { readOutline } from '../../../src/backups/read-outline.ts';

import { readLiveOutline } from '../../../src/thrift/live-outline.ts';
import { snapshot } from '../../../src/thrift/structs.ts';
import { decodeStruct } from '../../../src/thrift/tbinary.ts';
import { clientOf } from '../../thrift/harness.ts';
import { startLoneScheduler, untilLeading } from './support/lone-scheduler.ts';

test.each(['0.9.0', '0.17.0', '0.20.0'] as const)(
  'a comparison with now of a drill of %s finds what was changed, and nothing else',
  async (auroraVersion) => {
    const directory = new URL(`../../fixtures/releases/${auroraVersion}/backups/`, import.meta.url);
    const bytes = readFileSync(new URL(readdirSync(directory)[0] ?? '', directory));
    const { schedulerMetadata: _own, ...save } = decodeStruct(snapshot, bytes);
    const backup = await collectOutline(readOutline([bytes], 'backup'));
    const lone = await startLoneScheduler({ auroraVersion, clusterName: 'c' });
    try {
      await untilLeading(lone);
      await lone.scheduler.storage.write({ save });
      const client = clientOf({ url: `${lone.url}/api` });
      const roles = [...(backup.quotas?.keys() ?? [])];
      const compare = async () => diffOutlines(backup, await readLiveOutline(client, { roles, now: 7 }));

      const before = await compare();
      await lone.scheduler.storage.write({
        save: { quotaConfigurations: [{ role: 'www-data', quota: { numCpus: 1, ramMb: 2, diskMb: 3 } }] },
        removeTasks: (save.tasks ?? [])
          .filter(({ assignedTask }) => assignedTask?.task?.job?.role === 'upd')
          .map(({ assignedTask }) => assignedTask?.taskId ?? ''),
      });
      const after = await compare();

      expect({ before, same: isSame(before) }).toMatchObject({ same: true });
      expect(after.jobs.removed.map(({ key }) => key)).toEqual(['upd/prod/rolling']);
      expect(after.quotas?.changed.map(({ before: { role } }) => role)).toEqual(['www-data']);
      expect([after.jobs.created, after.cron.changed, after.updates?.removed]).toEqual([[], [], []]);
    } finally {
      await lone.close();
    }
  },
);
