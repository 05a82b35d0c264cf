/** What happens to schedulers: they lose the election, die, stand still. Each is itself again after a few seconds. */
import type { Fault } from './fault.ts';
import {
  findElected,
  freeze,
  killScheduler,
  leaderLast,
  noScheduler,
  ownerOfElection,
  startAgain,
} from './schedulers.ts';

/** Longer than a ZooKeeper session of a drill, so that another one is elected meanwhile. */
const frozenMs = 5_000;
const restartMs = 1_500;
/** What a scheduler takes to end by itself after it has lost the election. */
const endsByItselfMs = 1_000;

export const leaderMoves: Fault = {
  name: 'leader-moves',
  what: 'The elected scheduler loses its ZooKeeper session and the election, and is started again by its service manager.',
  usually: 'summarise-staged',
  hosts: 'processes',
  run: async (context) => {
    const elected = await findElected(context);
    const session = ownerOfElection(context);
    if (session !== null) context.world.zookeeper.expireSession(session);
    await context.clock.sleep(endsByItselfMs, context.signal);
    // One that does not end by itself is what a service manager restarts when its health check fails.
    await killScheduler(elected);
    startAgain(elected);
    return `${elected.name} lost the election and was started again.`;
  },
};

export const schedulerKilled: Fault = {
  name: 'scheduler-killed',
  what: `The elected scheduler is killed with SIGKILL and started again ${restartMs / 1_000} s later.`,
  usually: 'find-elected',
  hosts: 'processes',
  run: async (context) => {
    const elected = await findElected(context);
    await killScheduler(elected);
    await context.clock.sleep(restartMs, context.signal);
    startAgain(elected);
    return `The scheduler of ${elected.name} was killed and started again.`;
  },
};

export const leaderFrozen: Fault = {
  name: 'leader-frozen',
  what: `The elected scheduler freezes for ${frozenMs / 1_000} s, longer than its session lasts, and then continues.`,
  usually: 'gate-commit',
  hosts: 'processes',
  run: async (context) => {
    const elected = await findElected(context);
    if (!(await freeze(elected, frozenMs))) throw noScheduler(elected);
    return `The scheduler of ${elected.name} were frozen for ${frozenMs / 1_000} s.`;
  },
};

export const logQuorumLost: Fault = {
  name: 'log-quorum-lost',
  what: `Two of the three schedulers freeze for ${frozenMs / 1_000} s: nothing can be written to the replicated log.`,
  usually: 'commit',
  hosts: 'processes',
  run: async (context) => {
    const two = (await leaderLast(context)).slice(0, 2);
    const stood = await Promise.all(two.map((host) => freeze(host, frozenMs)));
    const [first] = two;
    if (first !== undefined && !stood.includes(true)) throw noScheduler(first);
    return `The schedulers of ${two.map(({ name }) => name).join(' and ')} were frozen for ${frozenMs / 1_000} s.`;
  },
};
