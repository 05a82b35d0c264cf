import { expect, test } from 'vitest';
import { ofCluster } from '../../src/cli/finding-lines.ts';
import { preflightChecks } from '../../src/restore/preflight/checks.ts';

test('every check that has a key in the configuration is one that is made', () => {
  const made = new Set(preflightChecks.map(({ name }) => name));

  expect(Object.keys(ofCluster).filter((name) => !made.has(name) && !name.startsWith('Slack '))).toEqual([]);
});
