/**
 * What a person does on the host itself after a key was stolen or a disk was lost: as root, while the agent is stopped, and with a
 * line in the audit log. Nothing of it can be asked for over the network.
 */
import { join } from 'node:path';
import type { Clock } from '../aurora/clock.ts';
import { AuroraError } from '../aurora/errors.ts';
import { openAuditLog } from './audit-log.ts';
import type { AgentConfig } from './config.ts';
import { makeDirectories } from './files/durable-file.ts';
import { findUnknownRestores } from './left-behind.ts';
import { type OperationJournal, openOperationJournal } from './operation-journal.ts';

interface OnHost {
  readonly config: AgentConfig;
  readonly clock: Clock;
}

/** Forgets the highest fencing token, which was `before`: the next grant may have a lower one. */
export function resetFence(host: OnHost): Promise<{ before: number }> {
  return onJournal(host, 'fence-reset', (journal) => {
    const before = journal.highestFence();
    journal.resetFence(host.clock.now());
    return Promise.resolve({ before });
  });
}

/** From here on the log in place is the one to run on, whatever restores have left beside it; `restoreIds` were not known before. */
export function acceptState(host: OnHost): Promise<{ restoreIds: readonly string[] }> {
  return onJournal(host, 'state-accepted', async (journal) => {
    const { paths } = host.config;
    const restoreIds = await findUnknownRestores(paths, journal);
    journal.acceptState(restoreIds, host.clock.now());
    return { restoreIds };
  });
}

async function onJournal<T>(
  { config, clock }: OnHost,
  event: 'fence-reset' | 'state-accepted',
  act: (journal: OperationJournal) => Promise<T>,
): Promise<T> {
  if (process.getuid?.() !== 0) throw notRoot();
  const { state } = config.paths;
  await makeDirectories(state);
  const journal = openOperationJournal(join(state, 'operations.sqlite'));
  try {
    const { auditFileBytes: fileBytes, auditFiles: files } = config.bounds;
    const audit = openAuditLog(state, { fileBytes, files }, clock.now());
    // Crash behind the line: it says what was meant, and the command is given once more.
    audit.write({ at: clock.now(), event });
    const outcome = await act(journal);
    audit.close(clock.now());
    return outcome;
  } finally {
    journal.close();
  }
}

function notRoot(): AuroraError {
  return new AuroraError({
    code: 'not-root',
    message: 'Only root may do that, on the host itself.',
    hint: 'Run it with sudo on that host.',
  });
}
