import { describe, expect, it } from 'vitest';
import { inHaste, interactiveReadMs } from '../../commands/reads.ts';
import type { Clock } from '../../src/aurora/clock.ts';
import { readingAgent } from '../slack/support/cluster.ts';

describe('inHaste()', () => {
  it('waits for a frozen host as long as a person does, and keeps everything else of the agent', async () => {
    const waits: number[] = [];
    const clock: Clock = {
      now: () => 0,
      sleep: (ms) => {
        waits.push(ms);
        return Promise.resolve();
      },
    };
    const frozen = { ...readingAgent('aurora-1', {}), readStatus: () => new Promise<never>(() => undefined) };

    const [agent] = inHaste([frozen], clock);

    await expect(agent?.readStatus()).rejects.toMatchObject({
      code: 'agent-slow',
      message: 'The agent on aurora-1 did not answer within 5 s.',
    });
    expect(waits).toEqual([interactiveReadMs]);
    expect(agent?.scheduler).toBe(frozen.scheduler);
  });
});
