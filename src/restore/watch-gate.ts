/**
 * While people decide about the commit, nobody else may change what they decide about. Looked at again and again; what has
 * changed turns the restore, and what cannot be seen at the moment only shows on the card: the commit looks once more.
 */
import { AuroraError } from '../aurora/errors.ts';
import { lookAtStaged, turnOf } from './staged-look.ts';
import type { StepContext } from './step.ts';
import { StepInterrupted } from './thread.ts';
import { type Turn, TurnTaken } from './turn-taken.ts';

/** The event to write, `null` while everything is as it was left. */
export async function watchGate(context: StepContext): Promise<Turn | null> {
  try {
    switch (context.state().proposal.procedure) {
      case 'staged':
        return await watchStaged(context);
      case 'recovery-tool':
        return await watchStopped(context);
      case 'set-aside-log':
        // What is signed is the storage itself, and it is read back before anything goes on.
        return null;
    }
  } catch (error) {
    if (error instanceof TurnTaken) return error.event;
    if (error instanceof StepInterrupted) return null;
    if (!(error instanceof AuroraError)) throw error;
    if (error.code === 'registered-too-early') {
      const { message, hint } = error;
      return { type: 'foreign-hand', act: 'registered', host: '', message, hint };
    }
    context.progress(`What is staged cannot be watched at the moment: ${error.message}`);
    return null;
  }
}

async function watchStaged(context: StepContext): Promise<Turn | null> {
  const look = await lookAtStaged(context);
  if (look.kind === 'as-left') return null;
  const turn = turnOf(context, look);
  if (turn === null) context.progress(look.message);
  return turn;
}

/** Off-line nothing is staged, and nothing may run: a scheduler that starts now votes with a blank log. */
async function watchStopped(context: StepContext): Promise<Turn | null> {
  const statuses = await context.onEachHost((agent) => context.readStatus(agent));
  const running = statuses.find(({ scheduler }) => scheduler.service === 'running');
  if (running === undefined) return null;
  return {
    type: 'foreign-hand',
    act: 'started',
    host: running.host,
    message: `The scheduler on ${running.host} runs, and this restore has stopped it: somebody else started it.`,
    hint: 'Stop it, find what starts it (a service manager, configuration management) and switch that off. Then look again and sign again, or put everything back.',
  };
}
