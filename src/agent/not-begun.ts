/** Why an operation was not done, in the words of the agent that did not begin it. */
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { explainSystemError } from '../aurora/system-errors.ts';

export function asAuroraError(error: unknown): AuroraError {
  const known = explainSystemError(error);
  if (known !== null) return known;
  return new AuroraError({
    code: 'host-not-observed',
    message: messageOf(error),
    hint: 'Nothing was done. Correct the cause on the host and ask again.',
    cause: error,
  });
}

export function overtaken(): AuroraError {
  return new AuroraError({
    code: 'overtaken',
    message: 'Another worker of the bot took over before this operation began; it was not done.',
    hint: 'The worker that holds the restore now decides what to do.',
  });
}

export function abandoned(): AuroraError {
  return new AuroraError({
    code: 'abandoned',
    message: 'The agent was interrupted before this was done, and nobody has asked for it again for a day.',
    hint: 'The host is not as this operation would have left it. Start again from the plan.',
  });
}

export function busy({ closing, waitingMax }: { closing: boolean; waitingMax: number }): AuroraError {
  return new AuroraError({
    code: 'agent-busy',
    message: closing ? 'The agent is stopping.' : `${waitingMax} operations wait on this host already.`,
    hint: 'Ask again in a moment; nothing was done.',
  });
}

export function orphanSentence(pids: readonly number[]): string {
  return `A command of this operation outlived the agent and still runs as process ${pids.join(', ')}.`;
}
