/**
 * Whole drills that something happens to, as `--auto --fault` plays them: each fault comes at its moment and undoes itself,
 * and the restore comes to an end that it can answer for.
 */
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { playWithFaults } from '../../src/drill/auto/play-with-faults.ts';
import { parseFaultOrder } from '../../src/drill/faults/parse-order.ts';
import { playFaults } from '../../src/drill/faults/player.ts';
import { withDrill } from './support/drill.ts';

async function playWith(...orders: readonly string[]) {
  return await withDrill(async (world) => {
    const faults = playFaults(world, {
      orders: orders.map(parseFaultOrder),
      clock: systemClock,
      say: () => undefined,
    });
    try {
      return await playWithFaults(world, { story: 'restore', faults, print: () => undefined });
    } finally {
      await faults.stop();
    }
  });
}

const asBefore = { files: true, tasks: true, flags: true };
const right = { repeated: 0, lost: 0 };

describe('a drill with faults', { timeout: 300_000 }, () => {
  it('completes although programs die, leaders move and freeze, and what they depend on goes away', async () => {
    const { result, problems } = await playWith(
      'slack-away@stop-schedulers',
      'agent-killed@set-aside-log',
      'zookeeper-away@start-schedulers',
      'leader-moves@summarise-staged',
      'leader-frozen@gate-commit',
      'bot-killed@commit',
      'mesos-away@confirm-leader',
    );

    expect(problems).toEqual([]);
    expect(result).toMatchObject({ outcome: 'completed', operations: right });
    expect(result.faults.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'slack-away over',
      'agent-killed over',
      'zookeeper-away over',
      'leader-moves over',
      'leader-frozen over',
      'bot-killed over',
      'mesos-away over',
    ]);
  });

  it('restores another backup when no scheduler can live on the newest one', async () => {
    const { result, problems } = await playWith('unlivable-backup');
    const [fault] = result.faults;
    const unlivable = /has written (\S+), with 3 tasks/.exec(fault?.said ?? '')?.[1];

    expect(problems).toEqual([]);
    expect(result).toMatchObject({ outcome: 'completed', operations: right, remedies: [] });
    expect(fault).toMatchObject({ name: 'unlivable-backup', at: 'beforehand', state: 'over' });
    expect(unlivable).toMatch(/^scheduler-backup-/);
    expect(result.backup < (unlivable ?? '')).toBe(true);
  });

  it('puts everything back when somebody else has committed, and says which fault never came', async () => {
    const { result, problems } = await playWith('foreign-commit@gate-commit', 'log-quorum-lost@soak');

    expect(problems).toEqual(['log-quorum-lost: the restore never came to soak.']);
    expect(result).toMatchObject({ outcome: 'undone', undone: asBefore, operations: right });
    expect(result.remedies).toContain('put everything back');
  });
});
