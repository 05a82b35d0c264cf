/**
 * What was done to a host, as its own systemd and the kernel's packet filter tell it: starts and stops of the scheduler's
 * unit by systemd's message ids (`journalctl --catalog`), changes of the rules by `nft monitor`, which writes into the same
 * journal. Neither knows which operation asked; who counts finds that by the time.
 */
import { z } from 'zod';
import type { Effect } from '../hosts/effect.ts';

/** Ids of systemd's messages (sd-messages.h). */
const messages = {
  unitStarted: '39f53479d3a045ac8e11786248231fbf',
  unitStopped: '9d1aaa27d60140bd96365438aad20286',
  restartScheduled: '5eb03494b6584870a536b337290809b3',
  journalStarted: 'f77379a8490b408bbe5f6940505a777b',
  /** Of a manager in a container, as of a user's. */
  startupFinished: 'eed00a68ffd84e31882105fd973abdd1',
} as const;

const entrySchema = z.object({
  __REALTIME_TIMESTAMP: z.coerce.number(),
  MESSAGE: z.unknown(),
  MESSAGE_ID: z.string().optional(),
  JOB_TYPE: z.string().optional(),
  UNIT: z.string().optional(),
  _SYSTEMD_UNIT: z.string().optional(),
});
type Entry = z.infer<typeof entrySchema>;

interface Units {
  readonly scheduler: string;
  /** Runs `nft monitor`. */
  readonly filterWitness: string;
}

/** From `journalctl -o json`, oldest first. */
export function effectsInJournal(journal: string, units: Units): readonly Effect[] {
  const entries = journal
    .split('\n')
    .filter(Boolean)
    .map((line) => entrySchema.parse(JSON.parse(line)));
  return [...serviceEffects(entries, units.scheduler), ...filterEffects(entries, units.filterWitness)].sort(
    (one, other) => one.at - other.at,
  );
}

/** What to ask `journalctl` for. */
export function matchesOf({ filterWitness }: Units): readonly string[] {
  return ['_PID=1', '+', `MESSAGE_ID=${messages.journalStarted}`, '+', `_SYSTEMD_UNIT=${filterWitness}`];
}

/**
 * A scheduler that goes with the power of its host is stopped all the same. A start that a boot or systemd itself has made is no
 * operation's: it has words of its own. Boots are told apart by the start of the journal, because the id of a boot is the
 * kernel's, which all hosts share and no power cut changes.
 */
function serviceEffects(entries: readonly Entry[], unit: string): readonly Effect[] {
  let booting = true;
  let running = false;
  let restarting = false;
  return entries.flatMap((entry) => {
    if (entry.MESSAGE_ID === messages.startupFinished) booting = false;
    if (entry.MESSAGE_ID === messages.journalStarted) {
      const lost = running;
      booting = true;
      running = false;
      return lost ? [{ ...effect(entry, 'stop'), detail: 'with the power of its host' }] : [];
    }
    if (entry.UNIT !== unit) return [];
    switch (entry.MESSAGE_ID) {
      case messages.restartScheduled:
        restarting = true;
        return [];
      case messages.unitStarted: {
        const word = restarting ? 'restarted' : booting ? 'started-by-boot' : 'start';
        restarting = false;
        running = true;
        return [effect(entry, word)];
      }
      case messages.unitStopped:
        running = false;
        return entry.JOB_TYPE === 'stop' ? [effect(entry, 'stop')] : [];
      default:
        return [];
    }
  });
}

/** The lines of one transaction end with its generation. A transaction that leaves a rule which rejects has blocked. */
function filterEffects(entries: readonly Entry[], unit: string): readonly Effect[] {
  let lines: string[] = [];
  return entries.flatMap((entry) => {
    if (entry._SYSTEMD_UNIT !== unit || typeof entry.MESSAGE !== 'string') return [];
    if (!entry.MESSAGE.startsWith('# new generation')) {
      lines.push(entry.MESSAGE);
      return [];
    }
    const transaction = lines;
    lines = [];
    if (transaction.some((line) => /^add rule .*\breject\b/.test(line))) return [effect(entry, 'block')];
    return transaction.some((line) => line.startsWith('delete rule')) ? [effect(entry, 'unblock')] : [];
  });
}

function effect(entry: Entry, word: string): Effect {
  return {
    effect: word,
    operationId: null,
    at: Math.floor(entry.__REALTIME_TIMESTAMP / 1_000),
    changed: true,
  };
}
