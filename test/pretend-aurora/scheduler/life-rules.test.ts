/** The simulated schedulers and recovery tool die of what the real ones died of, and of nothing else that was tried. */
import { describe, expect, it } from 'vitest';
import { readAsJava } from '../../../src/pretend-aurora/scheduler/storage/java-reader.ts';
import { causeOfDeath, causeOfFailure } from '../../../src/pretend-aurora/scheduler/storage/life-rules.ts';
import { snapshot } from '../../../src/thrift/structs.ts';
import { livedOn, livedOnBase } from '../../backups/lived-on.ts';

const outcomeOf = (bytes: Buffer): string => {
  const backup = readAsJava(snapshot, bytes);
  if (causeOfFailure(backup) !== null) return 'recovery-tool fails';
  return causeOfDeath(backup) === null ? 'lives' : 'scheduler dies at start';
};

describe('every line of the table', () => {
  it.each(livedOn().map((line) => [line.title, line] as const))('%s', (_title, line) => {
    expect(outcomeOf(line.bytes())).toBe(line.what);
  });
});

it('a scheduler says what Java says of tasks without events, and lives on the backup they were taken from', () => {
  const recorded = livedOn().find(({ base }) => base === null);

  expect(causeOfDeath(readAsJava(snapshot, recorded?.bytes() ?? Buffer.alloc(1)))?.exception).toBe(
    'java.util.NoSuchElementException',
  );
  expect(causeOfDeath(readAsJava(snapshot, livedOnBase()))).toBeNull();
});
