import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { parseInitializerOutput } from '../../../src/agent/drivers/log-initializer.ts';

/** Recorded from the real tool. */
const { cases } = z
  .object({
    cases: z.array(
      z.object({
        name: z.string(),
        argv: z.array(z.string()),
        exit: z.number().nullable(),
        stderr: z.string(),
      }),
    ),
  })
  .parse(
    JSON.parse(readFileSync(new URL('../../fixtures/mesos-log/observations.json', import.meta.url), 'utf8')),
  );
const initializations = cases.filter(({ argv }) => argv[0] === 'initialize');

describe('parseInitializerOutput() on what mesos-log really said', () => {
  test.each(initializations)('$name', ({ exit, stderr }) => {
    const answer = parseInitializerOutput({ exitCode: exit, stderr });

    expect(answer.exitCode).toBe(exit ?? -1);
    expect(answer.persisted).toBe(stderr.includes('Persisted replica status to VOTING'));
    expect(answer.alreadyInitialized).toBe(stderr.endsWith('The log is not empty\n'));
    if (answer.persisted || answer.alreadyInitialized) expect(answer.positions).toMatch(/^\d+ -> \d+$/);
  });
});
