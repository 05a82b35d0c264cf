import { expect, test } from 'vitest';
import { AuroraError } from '../../src/aurora/errors.ts';
import type { LeaderAnswer } from '../../src/aurora/leader.ts';
import { explainLeader } from '../../src/aurora/leader-words.ts';

const candidates = [
  { node: '_c_a-lock-0000000001', sequence: 1, host: 'aurora1' },
  { node: '_c_b-lock-0000000002', sequence: 2, host: 'aurora2' },
];
const endpoint = (host: string): { host: string; port: number } => ({ host, port: 8081 });

test.each<[string, LeaderAnswer, string, string]>([
  [
    'one',
    { kind: 'one', endpoint: endpoint('aurora1'), node: 'member_0000000003', candidates },
    'aurora1:8081 leads.',
    'Confirm it',
  ],
  [
    'none, and nobody waits',
    { kind: 'none', candidates: [] },
    'Nobody leads',
    'Check that the schedulers run',
  ],
  [
    'none, and one is elected',
    { kind: 'none', candidates },
    'aurora1 is elected and not registered with Mesos, of 2 candidates.',
    'recovery mode',
  ],
  [
    'several',
    {
      kind: 'several',
      members: [
        { node: 'member_0000000003', endpoint: endpoint('aurora1') },
        { node: 'member_0000000004', endpoint: endpoint('aurora2') },
      ],
      candidates,
    },
    '2 schedulers say they lead: aurora1:8081, aurora2:8081.',
    'Wait one session timeout',
  ],
  [
    'malformed',
    { kind: 'malformed', members: [{ node: 'member_0000000003', problem: 'it has no data' }], candidates },
    'member_0000000003: it has no data.',
    'Find who did',
  ],
  [
    'unreachable',
    {
      kind: 'unreachable',
      error: new AuroraError({ code: 'zookeeper-unreachable', message: 'It is away.', hint: 'Start it.' }),
    },
    'It is away.',
    'Start it.',
  ],
])('explainLeader() says what %s means and what to do next', (_name, answer, sentence, next) => {
  const words = explainLeader(answer);

  expect(words.sentence).toContain(sentence);
  expect(words.next).toContain(next);
  expect(words.sentence).toMatch(/\.$/);
});
