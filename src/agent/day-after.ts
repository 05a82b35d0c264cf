/**
 * What a person does on the host itself after a key was stolen or a disk was lost: as root, while the agent is stopped, and with a
 * line in the audit log. Nothing of it can be asked for over the network.
 */
import { join } from 'node:path';
import type { Clock } from '../aurora/clock.ts';
import { AuroraError } from '../aurora/errors.ts';
import type { KnownStore } from '../aurora/store-identity.ts';
import type { AuditNote } from './audit-entry.ts';
import { openAuditLog } from './audit-log.ts';
import type { AgentConfig } from './config.ts';
import { makeDirectories } from './files/durable-file.ts';
import { logsAfter, type PastOperation } from './host-history.ts';
import { findUnknownRestores } from './left-behind.ts';
import { type OperationJournal, openOperationJournal } from './operation-journal.ts';

interface OnHost {
  readonly config: AgentConfig;
  readonly clock: Clock;
}

/** Forgets the highest fencing token, which was `before`: the next grant may have a lower one. */
export function resetFence(host: OnHost): Promise<{ before: number }> {
  return onJournal(
    host,
    { event: 'fence-reset' },
    {
      act: (journal) => {
        const before = journal.highestFence();
        journal.resetFence(host.clock.now());
        return Promise.resolve({ before });
      },
    },
  );
}

/** From here on the log in place is the one to run on, whatever restores have left beside it; `restoreIds` were not known before. */
export function acceptState(host: OnHost): Promise<{ restoreIds: readonly string[] }> {
  return onJournal(
    host,
    { event: 'state-accepted' },
    {
      act: async (journal) => {
        const { paths } = host.config;
        const restoreIds = await findUnknownRestores(paths, journal);
        journal.acceptState(restoreIds, host.clock.now());
        return { restoreIds };
      },
    },
  );
}

/** A name of another form is no name, and would keep every bot away. */
const namePattern = /^[0-9a-f]{32}$/;

/**
 * From here on this host works for the bot's database of that name (`any`: for whichever comes first), whatever it has worked for.
 * AuroraError `store-name-invalid`, and `in-mid-restore` where what a restore has begun on this host has not ended.
 */
export async function takeStore(
  host: OnHost,
  asked: { name: string; reason: string; inMidRestore: boolean },
): Promise<{ before: KnownStore | null }> {
  if (asked.name !== 'any' && !namePattern.test(asked.name)) throw noName(asked.name);
  const store = asked.name === 'any' ? null : asked.name;
  const by = process.env['SUDO_USER'] ?? 'root';
  const reason = asked.reason.slice(0, 500);
  const refuse = (journal: OperationJournal): void => {
    const going = asked.inMidRestore ? null : findUnderWay(journal);
    if (going !== null) throw midRestore(going);
  };
  const note = { event: 'store-taken', store, reason, by } as const;
  return await onJournal(host, note, {
    refuse,
    act: (journal) => {
      const before = journal.store();
      journal.takeStore(store, host.clock.now());
      return Promise.resolve({ before });
    },
  });
}

/** The restore whose work on this host has not ended, by the agent's journal; `null` for none. */
function findUnderWay(journal: OperationJournal): string | null {
  const history = journal.history();
  const logs = logsAfter(history);
  const going = logs.madeBy ?? (logs.flags === 'recovery' || isStopped(history) ? lastOf(history) : null);
  return going ?? journal.listUnfinished()[0]?.split('.')[0] ?? null;
}

function isStopped(history: readonly PastOperation[]): boolean {
  const last = history.findLast(({ kind }) => kind === 'stop-scheduler' || kind === 'start-scheduler');
  return last?.kind === 'stop-scheduler';
}

function lastOf(history: readonly PastOperation[]): string | null {
  return history.at(-1)?.restoreId ?? null;
}

async function onJournal<T>(
  { config, clock }: OnHost,
  note: Omit<AuditNote, 'at'>,
  {
    refuse = () => undefined,
    act,
  }: { refuse?: (journal: OperationJournal) => void; act(journal: OperationJournal): Promise<T> },
): Promise<T> {
  if (process.getuid?.() !== 0) throw notRoot();
  const { state } = config.paths;
  await makeDirectories(state);
  const journal = openOperationJournal(join(state, 'operations.sqlite'));
  try {
    refuse(journal);
    const { auditFileBytes: fileBytes, auditFiles: files } = config.bounds;
    const audit = openAuditLog(state, { fileBytes, files }, clock.now());
    // Crash behind the line: it says what was meant, and the command is given once more.
    audit.write({ at: clock.now(), ...note });
    const outcome = await act(journal);
    audit.close(clock.now());
    return outcome;
  } finally {
    journal.close();
  }
}

function noName(name: string): AuroraError {
  return new AuroraError({
    code: 'store-name-invalid',
    message: `${JSON.stringify(name.slice(0, 64))} is not the name of a bot's database.`,
    hint: 'It is 32 hex digits: copy it from what "aurora-chatops bot adopt" prints.',
  });
}

function midRestore(restoreId: string): AuroraError {
  return new AuroraError({
    code: 'in-mid-restore',
    message: `${restoreId} is in the middle of its work on this host. Nothing was changed.`,
    hint: 'Put the host back by hand first, as docs/runbook.md says, and run "aurora-chatops agent accept-state". If the host should stay as it is, add --in-mid-restore.',
  });
}

function notRoot(): AuroraError {
  return new AuroraError({
    code: 'not-root',
    message: 'Only root may do that, on the host itself.',
    hint: 'Run it with sudo on that host.',
  });
}
