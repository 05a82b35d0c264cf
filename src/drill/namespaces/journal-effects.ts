/**
 * What was done to a host, as its own systemd and the kernel's packet filter tell it: starts and stops of the scheduler's
 * unit by systemd's message ids (`journalctl --catalog`), changes of the rules by `nft monitor`, which writes into the same
 * journal. Neither knows which operation asked; who counts finds that by the time.
 */
import { z } from 'zod';
import type { Effect } from '../../pretend-aurora/host/effect.ts';

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

const byPower = 'with the power of its host';
const byBoot = 'by the boot of its host';

/**
 * A power cut stops a scheduler, and a boot may start one: what that changes is an effect as any other, with a detail that
 * says so, and belongs to the operation that was under way. One that ran before and runs again has words of its own, as
 * has one that systemd restarts: no operation did that. Boots are told apart by the start of the journal, because the id of
 * a boot is the kernel's, which all hosts share and no power cut changes.
 */
function serviceEffects(entries: readonly Entry[], unit: string): readonly Effect[] {
  const effects: Effect[] = [];
  let running = false;
  let booting = true;
  let restarting = false;
  const power = powerCuts((entry) => effects.push(effect(entry, 'stop', byPower)));
  for (const entry of entries) {
    if (entry.MESSAGE_ID === messages.journalStarted) {
      power.cut(entry, running);
      running = restarting = false;
      booting = true;
    } else if (entry.MESSAGE_ID === messages.startupFinished) {
      booting = false;
      power.settle();
    } else if (entry.UNIT !== unit) {
    } else if (entry.MESSAGE_ID === messages.restartScheduled) {
      restarting = true;
    } else if (entry.MESSAGE_ID === messages.unitStarted) {
      const again = booting && power.isBack();
      if (restarting) effects.push(effect(entry, 'restarted'));
      else if (again) effects.push(effect(entry, 'started-by-boot'));
      else effects.push(effect(entry, 'start', booting ? byBoot : undefined));
      running = true;
      restarting = false;
    } else if (entry.MESSAGE_ID === messages.unitStopped) {
      if (entry.JOB_TYPE === 'stop') effects.push(effect(entry, 'stop'));
      running = false;
    }
  }
  power.settle();
  return effects;
}

/**
 * The lines of one transaction end with its generation; one that leaves a rule which rejects has blocked. Rules go with the
 * power, and the agent makes them again when it starts: that is no operation's.
 */
function filterEffects(entries: readonly Entry[], unit: string): readonly Effect[] {
  const effects: Effect[] = [];
  let blocked = false;
  let lines: string[] = [];
  const power = powerCuts((entry) => effects.push(effect(entry, 'unblock', byPower)));
  for (const entry of entries) {
    if (entry.MESSAGE_ID === messages.journalStarted) {
      power.cut(entry, blocked);
      blocked = false;
      lines = [];
    } else if (entry._SYSTEMD_UNIT !== unit || typeof entry.MESSAGE !== 'string') {
    } else if (!entry.MESSAGE.startsWith('# new generation')) {
      lines.push(entry.MESSAGE);
    } else {
      if (lines.some((line) => /^add rule .*\breject\b/.test(line))) {
        effects.push(effect(entry, power.isBack() ? 'blocked-again' : 'block'));
        blocked = true;
      } else if (lines.some((line) => line.startsWith('delete rule'))) {
        effects.push(effect(entry, 'unblock'));
        blocked = false;
      }
      lines = [];
    }
  }
  power.settle();
  return effects;
}

/** What was there when the power went: it is gone for good unless it comes back. */
function powerCuts(onGone: (boot: Entry) => void) {
  let pending: Entry | null = null;
  const settle = (): void => {
    if (pending !== null) onGone(pending);
    pending = null;
  };
  return {
    cut: (boot: Entry, wasThere: boolean): void => {
      settle();
      if (wasThere) pending = boot;
    },
    /** It is there again; false when it was not there before. */
    isBack: (): boolean => {
      const was = pending !== null;
      pending = null;
      return was;
    },
    settle,
  };
}

function effect(entry: Entry, word: string, detail?: string): Effect {
  return {
    effect: word,
    operationId: null,
    at: Math.floor(entry.__REALTIME_TIMESTAMP / 1_000),
    changed: true,
    detail,
  };
}
