import { expect, test } from 'vitest';
import { proofText } from '../../../src/slack/messages/backup-proof.ts';

const now = Date.UTC(2026, 10, 24, 9);
const proof = {
  sha256: 'ab',
  atMs: now - 5 * 3_600_000,
  tookMs: 6_200,
  auroraVersion: '0.22.0',
  way: 'staged',
  says: 'Aurora takes it, and the scheduler that loads it <!here> gave up.',
  tasks: null,
} as const;

test.each([
  ['proven', 'proven restorable by Aurora 0.22.0 on aurora-3, 5 h ago, in 6 s'],
  ['refuted', '*refuted* by Aurora 0.22.0 on aurora-3, 5 h ago: Aurora takes it'],
  ['unknown', 'not proven by Aurora 0.22.0 on aurora-3, 5 h ago: Aurora takes it'],
] as const)('a backup that is %s says so, with who and when', (verdict, says) => {
  const text = proofText({ host: 'aurora-3', proof: { ...proof, verdict } }, now);

  expect(text).toContain(says);
  expect(text).not.toContain('<!here>');
});

test('one that nobody tried has no line', () => {
  expect(proofText(undefined, now)).toBe('');
});
