/** What the real tool said (test/fixtures/restore-recovery-tool), as the agent reads it. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseToolOutput } from '../../../src/agent/drivers/recovery-tool.ts';

const runs = z
  .array(
    z.looseObject({ what: z.string(), exit: z.number().optional(), lines: z.array(z.string()).optional() }),
  )
  .parse(
    JSON.parse(
      readFileSync(new URL('../../fixtures/restore-recovery-tool/timeline.json', import.meta.url), 'utf8'),
    ),
  )
  .filter((event) => event.what === 'recovery-tool')
  .map(({ exit = -1, lines = [] }) => ({ exitCode: exit, stdout: '', stderr: lines.join('\n') }));

describe('parseToolOutput()', () => {
  it.each([
    [
      'a missing file',
      0,
      { copied: null, said: expect.stringMatching(/^Backup \/.*no-such-file does not exist\.$/) },
    ],
    ['a success', 1, { copied: { ops: 7, ms: 38 } }],
    ['a log that is not empty', 2, { copied: null, said: 'Refusing to recover into non-empty persistence' }],
    ['an unknown flag', 3, { copied: null, said: expect.stringContaining("'-no_such_flag=1'") }],
  ])('reads %s', (_what, index, expected) => {
    const run = runs[index] ?? { exitCode: 0, stdout: '', stderr: '' };

    expect(parseToolOutput(run)).toMatchObject({ exitCode: index === 1 ? 0 : 1, ...expected });
  });

  it('does not take a count without "Recovery finished" for an end', () => {
    const answer = parseToolOutput({ exitCode: 0, stdout: '', stderr: 'Copied 7 ops in 38 ms' });

    expect(answer.copied).toBeNull();
  });

  it('keeps the end of a long output, and a signal is no exit code', () => {
    const stderr = `${'W process.cpp:1873] Failed to send\n'.repeat(5_000)}the end`;

    const answer = parseToolOutput({ exitCode: null, stdout: '', stderr });

    expect(answer).toMatchObject({ exitCode: -1, said: 'the end' });
    expect(answer.tail).toHaveLength(2_000);
    expect(answer.tail.endsWith('the end')).toBe(true);
  });
});
