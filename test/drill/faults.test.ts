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

async function playWith(orders: readonly string[]) {
  return await withDrill(async (world) => {
    /** What people read and what was done to the drill, in order; with each how many tasks were touched by then. */
    const told: { readonly text: string; readonly touched: number }[] = [];
    const say = (text: string): void => {
      const touched = world.mesos.events().filter(({ kind }) => kind === 'killed' || kind === 'launched');
      told.push({ text, touched: touched.length });
    };
    const faults = playFaults(world, { orders: orders.map(parseFaultOrder), clock: systemClock, say });
    try {
      const played = await playWithFaults(world, { story: 'restore', faults, print: say });
      return { ...played, told };
    } finally {
      await faults.stop();
    }
  });
}

const asBefore = { files: true, tasks: true, flags: true };
const right = { repeated: 0, lost: 0 };

describe('a drill with faults', { timeout: 300_000 }, () => {
  it('completes although programs die, leaders move and freeze, and what they depend on goes away', async () => {
    const { result, problems } = await playWith([
      'slack-away@stop-schedulers',
      'agent-killed@set-aside-log',
      'zookeeper-away@start-schedulers',
      'leader-moves@summarise-staged',
      'leader-frozen@gate-commit',
      'bot-killed@commit',
      'mesos-away@confirm-leader',
    ]);

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

  it('puts everything back when somebody else has committed, and says which fault never came', async () => {
    const { result, problems } = await playWith(['foreign-commit@gate-commit', 'log-quorum-lost@soak']);

    expect(problems).toEqual(['log-quorum-lost: the restore never came to soak.']);
    expect(result).toMatchObject({ outcome: 'undone', undone: asBefore, operations: right });
    expect(result.remedies).toContain('put everything back');
  });
});

/** What only a real Aurora had shown before (aurora.md 14 G, 16): nobody is asked for what nobody has to decide. */
describe('a drill with faults that need no person', { timeout: 300_000 }, () => {
  const asPredicted = { outcome: 'completed', remedies: [], operations: right };

  it('restores another backup when none can live on the newest, its scheduler dies while staging, two are elected, and all restart at the second look', async () => {
    const { result, problems, told } = await playWith([
      'unlivable-backup',
      'killed-while-staging',
      'two-elected@gate-commit',
      'restarted-in-second-look',
    ]);
    const [fault] = result.faults;
    const unlivable = /has written (\S+), with 3 tasks/.exec(fault?.said ?? '')?.[1];

    expect(problems).toEqual([]);
    expect(result).toMatchObject(asPredicted);
    expect(result.observed).toEqual(result.predicted);
    expect(fault).toMatchObject({ name: 'unlivable-backup', at: 'beforehand', state: 'over' });
    expect(unlivable).toMatch(/^scheduler-backup-/);
    expect(result.backup < (unlivable ?? '')).toBe(true);
    // The hold stands in the flag file: those that were restarted have it, and wait as well.
    expect(told.find(({ text }) => text.includes('restarted all schedulers'))).toMatchObject({ touched: 0 });
  });

  it('completes when all are dead but running, one is killed at the commit, and somebody else reconciles, which it says', async () => {
    const { result, problems, told } = await playWith([
      'all-dead-but-running@summarise-staged',
      'killed-at-commit',
      'foreign-reconcile',
    ]);

    expect(problems).toEqual([]);
    expect(result).toMatchObject(asPredicted);
    expect(result.observed).toEqual(result.predicted);
    const texts = told.map(({ text }) => text);
    expect(texts.join('\n')).not.toMatch(/[Ss]omebody else (is at work|unloaded|committed|edited)/);
    const whileTheyLooked = texts.slice(
      texts.findIndex((text) => text.startsWith('(fault) foreign-reconcile')),
      texts.findIndex((text) => /@\w+ let it reconcile/.test(text)),
    );
    expect(
      whileTheyLooked.filter((text) => !/^\(fault\)|nothing has been killed or started yet/.test(text)),
    ).toContainEqual(expect.stringMatching(/reconcil/));
  });
});
