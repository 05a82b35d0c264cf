/** Outside traffic to the scheduler's HTTP port is refused; the agent's path and the libprocess port stay open. */
import { AuroraError } from '../../aurora/errors.ts';
import type { Operation } from './operation.ts';

export const blockTraffic: Operation<'block-traffic'> = {
  observe: async ({ traffic }) => {
    const { state, settled } = await traffic.status();
    return state === 'open' || !settled ? { state: 'not-done' } : { state: 'done', evidence: {} };
  },
  run: async (context) => {
    await context.traffic.block(context);
    const { state, settled } = await context.traffic.status();
    if (state === 'open' || !settled) throw stillOpen();
    return { changed: true, evidence: {} };
  },
};

function stillOpen(): AuroraError {
  return new AuroraError({
    code: 'traffic-not-blocked',
    message: 'The command to block traffic succeeded, but traffic is still open.',
    hint: 'Compare the block and status commands in the configuration of the agent.',
  });
}
