/** The held file goes to every host, since nobody knows yet which one will be elected. */
import type { Step, StepContext } from '../step.ts';

export const placeBackup: Step<'place-backup'> = {
  name: 'place-backup',
  title: 'Place the backup',
  scope: 'all',
  does: 'the held copy, under its own name, hash verified.',
  touches: true,
  undo: 'undo-take-out-backup',
  run: async (context) => {
    const { host: source, name, sha256 } = context.state().proposal.backup;
    const placed = await context.onEachHost(async (agent) => {
      if (agent.host !== source) await bringTo(context, agent.host);
      return await context.operate(agent.host, 'place-backup', { name, sha256 });
    });
    return { replaced: placed.filter((done) => done.evidence.replaced !== null).map((done) => done.host) };
  },
};

async function bringTo(context: StepContext, host: string): Promise<void> {
  const { host: source, name, sha256 } = context.state().proposal.backup;
  await context.copyHeldBackup({ from: source, to: host, name, sha256 });
  await context.operate(host, 'receive-backup', { name, sha256 });
}
