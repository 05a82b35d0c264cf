/** Lets faults happen at their moments, or now, and knows what came of them. */
import type { Clock } from '../../aurora/clock.ts';
import { AuroraError, messageOf } from '../../aurora/errors.ts';
import type { DrillWorld } from '../world/world.ts';
import { canHappen, type Fault, type ForeignCall } from './fault.ts';
import { followJournal } from './follow-journal.ts';
import { beforehand, type Moment, momentOf } from './moments.ts';
import type { FaultOrder } from './parse-order.ts';
import { releaseOfWorld } from './schedulers.ts';
import { faults } from './table.ts';

export interface FaultReport {
  readonly name: string;
  /** `null` when somebody let it happen by hand. */
  readonly at: Moment | null;
  readonly state: 'waiting' | 'happening' | 'over' | 'failed';
  /** What was done, or why it could not be. */
  readonly said: string;
}

export interface FaultPlayer {
  /** What can be let happen, for a page. */
  offered(): readonly { readonly name: string; readonly what: string; readonly happening: boolean }[];
  /** Lets it happen now; answers at once. AuroraError `fault-unknown`, or `fault-happens` while it still does. */
  begin(name: string): void;
  reports(): readonly FaultReport[];
  /** Calls to schedulers that neither bot nor agents made. */
  foreignCalls(): readonly ForeignCall[];
  /** Waits until everything that has begun is undone. */
  settle(): Promise<void>;
  /** Waits for what people wait for before they decide anything at the second look; false when there was nothing. */
  settleBeforeDecision(): Promise<boolean>;
  stop(): Promise<void>;
}

/** Follows the newest restore of the world and lets each ordered fault happen once. */
export function playFaults(
  world: DrillWorld,
  wanted: { orders: readonly FaultOrder[]; clock: Clock; say: (text: string) => void },
): FaultPlayer {
  const { orders, clock, say } = wanted;
  const fitting = faults.filter((fault) =>
    canHappen(fault, { hosts: world.hostKind, minor: releaseOfWorld(world).minor }),
  );
  const stopping = new AbortController();
  const reports: FaultReport[] = orders.map(({ fault, at }) => ({
    name: fault.name,
    at,
    state: 'waiting',
    said: '',
  }));
  const foreign: ForeignCall[] = [];
  const running = new Map<string, Promise<void>>();

  const waiting = new Set<(moment: Moment | null) => void>();
  const untilMoment = (wished: readonly Moment[]): Promise<void> =>
    new Promise((resolve) => {
      const look = (moment: Moment | null): void => {
        if (moment !== null && !wished.includes(moment)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
    });

  const happen = async (fault: Fault, index: number): Promise<void> => {
    const set = (state: FaultReport['state'], said: string): void => {
      reports[index] = { name: fault.name, at: reports[index]?.at ?? null, state, said };
      say(`(fault) ${fault.name}: ${said}`);
    };
    set('happening', fault.what);
    try {
      fault.prepare?.({ world });
      const context = { world, clock, signal: stopping.signal, untilMoment };
      set('over', await fault.run({ ...context, noteForeignCall: (call) => foreign.push(call) }));
    } catch (error) {
      set('failed', messageOf(error));
    } finally {
      fault.undo?.({ world });
    }
  };
  const start = (fault: Fault, index: number): void => {
    const key = `${fault.name} ${index}`;
    running.set(
      key,
      happen(fault, index).finally(() => running.delete(key)),
    );
  };
  const isHappening = (name: string): boolean =>
    [...running.keys()].some((key) => key.startsWith(`${name} `));

  for (const { fault } of orders) fault.prepare?.({ world });
  orders.forEach(({ fault, at }, index) => {
    if (at === beforehand) start(fault, index);
  });
  const following = followJournal(world.directory, (event) => {
    const moment = momentOf(event);
    if (moment === null) return;
    for (const look of waiting) look(moment);
    orders.forEach(({ fault, at }, index) => {
      if (at === moment && reports[index]?.state === 'waiting') start(fault, index);
    });
  });

  return {
    offered: () => fitting.map(({ name, what }) => ({ name, what, happening: isHappening(name) })),
    begin: (name) => {
      const fault = fitting.find((candidate) => candidate.name === name);
      if (fault === undefined || isHappening(name)) throw notNow(name, fault);
      start(fault, reports.push({ name, at: null, state: 'waiting', said: '' }) - 1);
    },
    reports: () => [...reports],
    foreignCalls: () => [...foreign],
    settle: async () => {
      while (running.size > 0) await Promise.all(running.values());
    },
    settleBeforeDecision: async () => {
      const awaited = fitting.filter(({ name, decidedAfter }) => decidedAfter === true && isHappening(name));
      await Promise.all(
        [...running].flatMap(([key, end]) =>
          awaited.some(({ name }) => key.startsWith(`${name} `)) ? [end] : [],
        ),
      );
      return awaited.length > 0;
    },
    stop: async () => {
      following.stop();
      stopping.abort();
      for (const look of waiting) look(null);
      await Promise.all(running.values());
      for (const { fault } of orders) fault.undo?.({ world });
    },
  };
}

function notNow(name: string, fault: Fault | undefined): AuroraError {
  return fault === undefined
    ? new AuroraError({
        code: 'fault-unknown',
        message: `There is no fault "${name}".`,
        hint: `There are: ${faults.map((each) => each.name).join(', ')}.`,
      })
    : new AuroraError({
        code: 'fault-happens',
        message: `${name} happens already.`,
        hint: 'Wait until it is over; each undoes itself.',
      });
}
