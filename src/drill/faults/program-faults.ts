/** What happens to the bot, to agents, and to whole hosts. */
import { AuroraError } from '../../aurora/errors.ts';
import type { SupervisedProgram } from '../world/supervisor.ts';
import type { DrillWorld } from '../world/world.ts';
import type { Fault, FaultContext } from './fault.ts';
import { killScheduler, leaderLast, startAgain } from './schedulers.ts';

const awayMs = 5_000;

export const botKilled: Fault = {
  name: 'bot-killed',
  what: 'The bot is killed with SIGKILL; its service manager starts it again.',
  usually: 'commit',
  run: async ({ world }) => {
    kill(programOfWorld(world, 'bot'));
    return 'The bot was killed.';
  },
};

export const agentKilled: Fault = {
  name: 'agent-killed',
  what: 'The agent of a host is killed with SIGKILL; its service manager starts it again.',
  usually: 'set-aside-log',
  run: async (context) => {
    const [host] = await leaderLast(context);
    kill(agentOf(context.world, host?.name));
    return `The agent of ${host?.name} was killed.`;
  },
};

export const agentLost: Fault = {
  name: 'agent-lost',
  what: `The agent of a host is down for ${awayMs / 1_000} s; its scheduler keeps running.`,
  usually: 'set-recovery-flags',
  hosts: 'processes',
  run: async (context) => {
    const [host] = await leaderLast(context);
    const agent = agentOf(context.world, host?.name);
    await holdFor(agent, context);
    return `The agent of ${host?.name} was down for ${awayMs / 1_000} s.`;
  },
};

export const hostLost: Fault = {
  name: 'host-lost',
  what: `A host loses its power for ${awayMs / 1_000} s: scheduler and agent are gone, and are started when it is back.`,
  usually: 'start-schedulers',
  hosts: 'processes',
  run: async (context) => {
    const [host] = await leaderLast(context);
    if (host === undefined) throw noSuchProgram('host');
    if (host.machine === null) {
      await Promise.all([holdFor(agentOf(context.world, host.name), context), killScheduler(host)]);
      startAgain(host);
    } else {
      await host.machine.cutPower();
      await context.clock.sleep(awayMs, context.signal);
      await host.machine.boot();
    }
    return `${host.name} had no power for ${awayMs / 1_000} s.`;
  },
};

async function holdFor(program: SupervisedProgram, { clock, signal }: FaultContext): Promise<void> {
  if (program.hold === undefined || program.release === undefined) throw keptByItsHost(program.name);
  program.hold();
  try {
    await clock.sleep(awayMs, signal);
  } finally {
    program.release();
  }
}

function agentOf(world: DrillWorld, host: string | undefined): SupervisedProgram {
  return programOfWorld(world, `agent ${host}`);
}

function programOfWorld(world: DrillWorld, name: string): SupervisedProgram {
  const program = world.programs.find((candidate) => candidate.name === name);
  if (program === undefined) throw noSuchProgram(name);
  return program;
}

function kill(program: SupervisedProgram): void {
  const pid = program.pid();
  if (pid === null) throw noSuchProgram(program.name);
  process.kill(pid, 'SIGKILL');
}

function keptByItsHost(name: string): AuroraError {
  return new AuroraError({
    code: 'fault-impossible',
    message: `The ${name} is kept running by its own host.`,
    hint: 'Take the whole host away instead: host-lost.',
  });
}

function noSuchProgram(name: string): AuroraError {
  return new AuroraError({
    code: 'fault-impossible',
    message: `There is no ${name} running in this drill now.`,
    hint: 'Try again in a moment; what was killed is started again.',
  });
}
