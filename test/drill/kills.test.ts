/**
 * kill -9 of the bot and of agents in the middle of a drill of the oldest release that was recorded, at twelve points: it
 * completes, no effect happens twice and none is lost. The effects are counted by the pretend hosts, not by what was killed.
 */
import { describe, expect, it } from 'vitest';
import { playAuto } from '../../src/drill/auto/play.ts';
import type { DrillWorld } from '../../src/drill/world/world.ts';
import type { RestoreEvent } from '../../src/restore/record/events.ts';
import { followJournal, withDrill } from './support/drill.ts';

interface Kill {
  readonly at: string;
  /** `bot`, or the host whose agent dies; `$host` is the host of the event. */
  readonly who: string;
}

/** The first event that reads so is the moment; each kill happens once. */
function nameOf(event: RestoreEvent): string {
  switch (event.type) {
    case 'step-started':
    case 'step-completed':
      return `${event.type} ${event.step}`;
    case 'operation-requested':
      return `${event.type} ${event.kind}`;
    case 'gate-opened':
      return `${event.type} ${event.gate}`;
    default:
      return event.type;
  }
}

async function playWithKills(kills: readonly Kill[]) {
  return await withDrill(
    async (world) => {
      const pending = [...kills];
      const done: string[] = [];
      const follower = followJournal(world, (event) => {
        for (const kill of pending.filter(({ at }) => at === nameOf(event))) {
          if (!killNow(world, kill.who, event)) continue;
          pending.splice(pending.indexOf(kill), 1);
          done.push(`${kill.who} ${kill.at}`);
        }
      });
      try {
        const { result, problems } = await playAuto(world, { story: 'restore', print: () => undefined });
        return {
          result,
          problems,
          done,
          crashes: world.programs.reduce((sum, program) => sum + program.crashes(), 0),
        };
      } finally {
        follower.stop();
      }
    },
    { auroraVersion: '0.9.0' },
  );
}

function killNow(world: DrillWorld, who: string, event: RestoreEvent): boolean {
  const host = 'host' in event ? event.host : '';
  const name = who === 'bot' ? 'bot' : `agent ${who.replace('$host', host)}`;
  const pid = world.programs.find((program) => program.name === name)?.pid();
  if (pid === null || pid === undefined) return false;
  process.kill(pid, 'SIGKILL');
  return true;
}

describe('kill -9 in the middle of a drill', { timeout: 240_000 }, () => {
  it('of bot and agents, at six points each: as predicted, nothing is repeated and nothing lost', async () => {
    const kills: Kill[] = [
      { at: 'gate-opened stop', who: 'bot' },
      { at: 'operation-requested hold-backup', who: '$host' },
      { at: 'operation-requested stop-scheduler', who: 'bot' },
      { at: 'operation-requested stop-scheduler', who: '$host' },
      { at: 'operation-requested set-flags', who: 'aurora-2' },
      { at: 'operation-requested set-aside-log', who: 'bot' },
      { at: 'operation-requested initialize-log', who: 'aurora-3' },
      { at: 'step-completed initialize-log', who: 'bot' },
      { at: 'operation-requested start-scheduler', who: '$host' },
      { at: 'operation-requested commit-recovery', who: 'bot' },
      { at: 'operation-requested commit-recovery', who: '$host' },
      { at: 'step-started confirm-leader', who: 'bot' },
    ];

    const { result, problems, done, crashes } = await playWithKills(kills);

    expect(problems).toEqual([]);
    expect(result).toMatchObject({ outcome: 'completed', operations: { repeated: 0, lost: 0 } });
    expect(result.observed).toEqual(result.predicted);
    expect(done.sort()).toEqual(kills.map(({ at, who }) => `${who} ${at}`).sort());
    expect(crashes).toBe(kills.length);
  });
});
