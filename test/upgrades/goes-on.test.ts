/** A restore that an earlier version has begun goes on under this one: the engine over what that version left, to each end. */
import { describe, expect, it } from 'vitest';
import { cast } from '../../src/drill/world/cast.ts';
import type { RestoreState } from '../../src/restore/record/state.ts';
import { approvedBy } from '../restore/support/pretend-people.ts';
import { moments, openOldAgents, takeUp } from './moments.ts';

const going = approvedBy(cast.bo, cast.cy);
const isOver = (seen: RestoreState): boolean => seen.ended !== null;
const momentsNamed = (name: string) => moments.filter((moment) => moment.endsWith(`/${name}`));

describe.each(moments)('a restore that was begun before the upgrade, at %s', (moment) => {
  it('goes on to its end, asks for nothing again that is done, and changes only what was predicted', async () => {
    const engine = await takeUp(moment);
    const agents = openOldAgents(moment);
    const before = await engine.state();
    const asked: { operationId: string; host: string; fence: number }[] = [];
    engine.meddling.with = async ({ operationId, grant }, perform) => {
      const { host, fence } = grant.payload;
      asked.push({ operationId, host, fence });
      return await perform();
    };
    await engine.startWorker();

    const state = await engine.until('the end', isOver, going);

    expect(state.ended).toMatchObject({ outcome: 'completed' });
    expect(state.facts.soak).toMatchObject({ asPredicted: true });
    expect(state.facts.report?.notAsBefore).toEqual([]);
    expect(state.gates.commit?.signOffs.map(({ person }) => person.name)).toEqual(['bo', 'cy']);
    expect(state.takenBack).toEqual([]);
    expect(state.notices).toEqual(before.notices);
    expect(asked.filter(({ operationId }) => before.operations.has(operationId))).toEqual([]);
    const overtaken = asked.filter(({ host, fence }) => fence < (agents.get(host)?.highestFence() ?? 0));
    expect(overtaken).toEqual([]);
    expect(engine.mistakes).toEqual([]);
  });

  it('is put back as it was', async () => {
    const engine = await takeUp(moment);
    await engine.startWorker();
    const asked = { restoreId: 'R1', reason: 'not this one' };

    if (moment.endsWith('second-look')) {
      await engine.service.take('go-back', { ...asked, userId: cast.bo });
      await engine.service.take('go-back', { ...asked, userId: cast.cy });
    } else await engine.service.take('abort', { ...asked, userId: cast.dana });
    const state = await engine.until('the end', isOver);

    expect(state.ended).toMatchObject({ outcome: 'undone' });
    const { hosts, live, config } = engine.cluster;
    expect(hosts.map(({ log, traffic, service }) => [log?.name, traffic, service])).toEqual(
      config.hosts.map(() => ['old', 'open', 'running']),
    );
    expect(hosts.map(({ flags, flagsAside }) => flags === flagsAside)).toEqual(hosts.map(() => true));
    expect(live.size).toBe(state.facts['capture-live-tasks']?.tasks);
  });
});

describe.each(momentsNamed('commit-gate'))('what was signed before the upgrade, at %s', (moment) => {
  it('stands, counts once, and commits nothing alone', async () => {
    const engine = await takeUp(moment);
    await engine.startWorker();
    const { gates } = await engine.state();
    const digest = gates.commit?.digest ?? '';
    const vote = { restoreId: 'R1', gate: 'commit' as const, digest, comment: 'again' };
    const order = { restoreId: 'R1', digest, typedCluster: 'east' };

    const again = await engine.service.take('sign-off', { ...vote, userId: cast.bo });
    const stranger = await engine.service.take('sign-off', { ...vote, userId: cast.dana });
    const tooEarly = await engine.service.take('commit', { ...order, userId: cast.bo });

    expect([again.ok, stranger.ok, tooEarly.ok]).toEqual([false, false, false]);
    const state = await engine.state();
    expect(state.gates.commit?.signOffs.map(({ person }) => person.name)).toEqual(['bo']);
    expect(state.commitOrdered).toBeNull();
  });

  it('counts no more when who signed is no approver today', async () => {
    const engine = await takeUp(moment);
    engine.people.groups.set('S0ONCALL', [cast.ana, cast.cy]);
    await engine.startWorker();
    const digest = (await engine.state()).gates.commit?.digest ?? '';
    const vote = { restoreId: 'R1', gate: 'commit' as const, digest, comment: 'checked' };
    const order = { restoreId: 'R1', digest, typedCluster: 'east', userId: cast.cy };

    await engine.service.take('sign-off', { ...vote, userId: cast.cy });
    const withBo = await engine.service.take('commit', order);
    await engine.service.take('sign-off', { ...vote, userId: cast.ana });
    const withAna = await engine.service.take('commit', order);

    expect([withBo.ok, withAna.ok]).toEqual([false, true]);
  });
});
