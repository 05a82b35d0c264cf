import { expect, test } from 'vitest';
import { AuroraError } from '../../../src/aurora/errors.ts';
import type { HostAgent } from '../../../src/aurora/hosts.ts';
import { epochOf, isEpochLearnt, learnEpoch } from '../../../src/restore/engine/epochs.ts';

const agentOf = (host: string): HostAgent => ({ host }) as unknown as HostAgent;
const refused = (rule: string, epoch?: string): AuroraError =>
  new AuroraError({ code: 'grant-refused', message: 'no', hint: 'no', details: { rule, epoch } });

test('an agent that has told nothing gets no epoch, and one learnt from its refusal', () => {
  const agent = agentOf('aurora-1');

  expect(epochOf(agent)).toBeUndefined();
  expect(isEpochLearnt(agent, refused('epoch', 'e1'))).toBe(true);
  expect(epochOf(agent)).toBe('e1');
  expect(epochOf(agentOf('aurora-2'))).toBeUndefined();
});

test('a status does not replace what is known: a journal that was lost is a matter for a person, once', () => {
  const agent = agentOf('aurora-1');
  learnEpoch(agent, 'e1');
  learnEpoch(agent, 'e2');
  learnEpoch(agent, undefined);

  expect(epochOf(agent)).toBe('e1');
  expect(() => isEpochLearnt(agent, refused('epoch', 'e2'))).toThrow(/aurora-1 has a different journal/);
  expect(epochOf(agent)).toBe('e2');
});

test.each([
  ['another rule', refused('fence', 'e2')],
  ['no epoch in it', refused('epoch')],
  ['another error', new Error('epoch')],
])('%s is no such refusal', (_what, error) => {
  const agent = agentOf('aurora-1');

  expect(isEpochLearnt(agent, error)).toBe(false);
  expect(epochOf(agent)).toBeUndefined();
});
