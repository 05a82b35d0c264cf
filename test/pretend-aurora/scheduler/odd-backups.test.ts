import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { statusName } from '../../../src/aurora/tasks.ts';
import { simulatedReleaseOf } from '../../../src/pretend-aurora/release/simulated-release.ts';
import { HttpFailure, RpcFailure } from '../../../src/pretend-aurora/scheduler/api/rpc-failure.ts';
import { Recovery } from '../../../src/pretend-aurora/scheduler/recovery/recovery.ts';

const fixtures = path.join(import.meta.dirname, '../../fixtures/backups');

const stagedSchema = z.object({ responseCode: z.string(), messages: z.array(z.string().nullable()) });
const caseSchema = z.object({
  file: z.string(),
  realScheduler: z.object({
    /** 500: HTTP, without a response. */
    stageRecovery: z.union([z.literal(500), stagedSchema]),
    queryRecovery: z.object({ tasks: z.number(), byStatus: z.record(z.string(), z.number()) }).optional(),
  }),
});

describe.each(['odd', 'whole'])('staging the files of backups/%s', (folder) => {
  const cases = z
    .array(caseSchema)
    .parse(JSON.parse(fs.readFileSync(path.join(fixtures, `${folder}.json`), 'utf8')));

  it.each(cases)('$file: answers as the real scheduler did', ({ file, realScheduler }) => {
    const recovery = new Recovery(path.join(fixtures, folder), simulatedReleaseOf('0.22.0'));

    const answer = stage(recovery, file);

    expect(answer).toEqual(realScheduler.stageRecovery);
    if (realScheduler.queryRecovery) {
      expect(countStaged(recovery)).toEqual(realScheduler.queryRecovery);
    } else {
      expect(() => recovery.query({})).toThrow('No backup loaded.');
    }
  });
});

function stage(recovery: Recovery, file: string): z.infer<typeof stagedSchema> | 500 {
  try {
    recovery.stage(file);
    return { responseCode: 'OK', messages: [] };
  } catch (thrown) {
    if (thrown instanceof HttpFailure) return 500;
    if (!(thrown instanceof RpcFailure)) throw thrown;
    return { responseCode: thrown.code, messages: [thrown.text] };
  }
}

function countStaged(recovery: Recovery): { tasks: number; byStatus: Record<string, number> } {
  const tasks = recovery.query({});
  const byStatus: Record<string, number> = {};
  for (const { status } of tasks) {
    // The recording calls a task without a status `None`.
    const name = status === undefined ? 'None' : statusName(status);
    byStatus[name] = (byStatus[name] ?? 0) + 1;
  }
  return { tasks: tasks.length, byStatus };
}
