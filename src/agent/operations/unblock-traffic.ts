/** Undo of `block-traffic`. */
import { AuroraError } from '../../aurora/errors.ts';
import type { Operation } from './operation.ts';

export const unblockTraffic: Operation<'unblock-traffic'> = {
  observe: async ({ traffic }) => {
    const { state, settled } = await traffic.status();
    return state === 'blocked' || !settled ? { state: 'not-done' } : { state: 'done', evidence: {} };
  },
  run: async (context) => {
    await context.traffic.unblock(context);
    const { state, settled } = await context.traffic.status();
    if (state === 'blocked' || !settled) throw stillBlocked();
    return { changed: true, evidence: {} };
  },
};

function stillBlocked(): AuroraError {
  return new AuroraError({
    code: 'traffic-not-unblocked',
    message: 'The command to unblock traffic succeeded, but traffic is still blocked.',
    hint: 'Compare the unblock and status commands in the configuration of the agent.',
  });
}
