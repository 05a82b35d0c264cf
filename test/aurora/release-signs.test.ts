import { describe, expect, test } from 'vitest';
import {
  explainContradiction,
  signOfLeaderHealth,
  signOfMediaType,
  signOfRecoveryTool,
  signOfTierConfigs,
  signsOfFlags,
  signsOfTask,
} from '../../src/aurora/release-signs.ts';
import { releaseOf } from '../../src/aurora/releases.ts';

const versions = Array.from({ length: 21 }, (_, index) => `0.${index + 5}.0`);
/** The releases that a look does not contradict. */
const left = (signs: Parameters<typeof explainContradiction>[0]) =>
  versions.filter((version) => explainContradiction(signs, releaseOf(version)) === null);

describe('a sign leaves only the releases that can give it', () => {
  test.each([
    ['no health page', signOfLeaderHealth(404), '0.5.0', '0.12.0'],
    ['a health page', signOfLeaderHealth(502), '0.13.0', '0.25.0'],
    ['a known tier call', [signOfTierConfigs(true)], '0.14.0', '0.25.0'],
    ['an unknown tier call', [signOfTierConfigs(false)], '0.5.0', '0.13.0'],
    ['the old label of answers', signOfMediaType('application/x-thrift'), '0.5.0', '0.15.0'],
    ['the new label of answers', signOfMediaType('application/vnd.apache.thrift.json'), '0.16.0', '0.25.0'],
    ['a task with scalars alone', signsOfTask({ scalars: true, set: false }), '0.5.0', '0.13.0'],
    ['a task with both', signsOfTask({ scalars: true, set: true }), '0.14.0', '0.19.0'],
    ['a task with a set alone', signsOfTask({ scalars: false, set: true }), '0.20.0', '0.25.0'],
    ['a recovery tool', signOfRecoveryTool(true), '0.20.0', '0.25.0'],
    ['the flag of the GC executor', signsOfFlags(['gc_executor_path']), '0.5.0', '0.8.0'],
    ['the flag for an address', signsOfFlags(['ip', 'zk_use_curator']), '0.14.0', '0.18.0'],
  ])('%s', (_name, signs, first, last) => {
    const releases = left(signs);

    expect([releases[0], releases.at(-1)]).toEqual([first, last]);
  });

  test.each([
    ['a health page that breaks', signOfLeaderHealth(500)],
    ['a silent one', signOfLeaderHealth(null)],
    ['a label that nobody uses', signOfMediaType('text/html')],
    ['no tool', signOfRecoveryTool(false)],
    ['no task', signsOfTask({ scalars: false, set: false })],
    ['a flag that we do not know', signsOfFlags(['no_such_thing'])],
  ])('%s contradicts nothing', (_name, signs) => {
    expect(left(signs)).toEqual(versions);
  });
});
