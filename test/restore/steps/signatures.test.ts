/** A whole restore whose policy requires people's own signatures: what agents are shown, and whoever leaves the roster at the last moment. */
import { afterEach, describe, expect, it } from 'vitest';
import type { SignedStatement } from '../../../src/aurora/statement.ts';
import { nextItem } from '../../../src/restore/record/state.ts';
import { type Signed, statementsToSign } from '../../../src/restore/rules/proofs.ts';
import { parseRoster } from '../../../src/signing/roster.ts';
import { countSigners } from '../../../src/signing/verify-statement.ts';
import {
  type KeyHolder,
  keyHolders,
  openRoster,
  rosterYaml,
  signatureOf,
} from '../../signing/key-holders.ts';
import { approving, openEngine, type People, type PretendEngine } from '../support/pretend-engine.ts';
import { east } from '../support/pretend-scene.ts';

const engines: PretendEngine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

/** Like `approving`, and everybody touches their passkey. */
function signingAs(engine: PretendEngine): People {
  return (service, state) => {
    const take = ((name: 'sign-off', order: { userId: string; gate?: Signed }) => {
      const what = name === 'sign-off' ? (order.gate ?? 'commit') : 'release';
      const [statement] = statementsToSign(state, { what, now: engine.clock.now() });
      const signature = statement && signatureOf(order.userId as KeyHolder, statement);
      return service.take(name, { ...order, ...(signature && { signature }) } as never);
    }) as typeof service.take;
    return approving({ ...service, take }, state);
  };
}

async function begin() {
  const roster = openRoster();
  const policy = { ...east.policy, signatures: 'require' as const };
  const engine = await openEngine([{ ...east, policy }], roster);
  engines.push(engine);
  const shown: [kind: string, statements: readonly SignedStatement[]][] = [];
  engine.meddling.with = async ({ kind, grant }, perform) => {
    shown.push([kind, grant.statements ?? []]);
    return await perform();
  };
  await engine.propose();
  await engine.startWorker();
  return { engine, roster, shown };
}

describe('a restore that people sign with keys of their own', () => {
  it('comes to its end, and shows every agent what was signed and counts', async () => {
    const { engine, shown } = await begin();

    const state = await engine.until('the end', (seen) => seen.ended !== null, signingAs(engine));

    expect(state.ended).toMatchObject({ outcome: 'completed' });
    const intentsOf = (wanted: string) =>
      shown.find(([kind]) => kind === wanted)?.[1].map(({ statement }) => statement.intent);
    expect(intentsOf('hold-backup')).toEqual([]);
    expect(intentsOf('stop-scheduler')).toEqual(['stop']);
    expect(intentsOf('commit-recovery')).toEqual(['stop', 'commit']);
    expect(intentsOf('reconcile-explicit')).toEqual(['stop', 'commit', 'release']);
    const roster = parseRoster(rosterYaml(), 'people.yaml');
    const places = shown
      .at(-1)?.[1]
      .map((signed) => countSigners(signed, { roster, now: engine.clock.now() }));
    expect(places).toMatchObject([
      { places: 1, refused: [] },
      { places: 2, refused: [] },
      { places: 1, refused: [] },
    ]);
  });

  it('whoever leaves the roster between the order and the commit takes the commit along, until somebody signs again', async () => {
    const { engine, roster, shown } = await begin();
    const sign = signingAs(engine);
    await engine.until(
      'the commit gate',
      (seen) => nextItem(seen)?.name === 'commit' && seen.gates.commit !== undefined,
      sign,
    );
    // The order is taken while bo is in the roster; the worker looks a moment later.
    const ordering: People = (service, state) => {
      const pressed = sign(service, state);
      const living = state.gates.commit?.signOffs.length ?? 0;
      if (living < 2 || pressed === null) return pressed;
      return pressed.then(() => {
        roster.people = ['UANA', 'UCY'];
      });
    };

    const fallen = await engine.until(
      'the fall',
      (seen) =>
        seen.gates.commit?.signOffs.length === 1 &&
        seen.commitOrdered === null &&
        roster.people !== keyHolders,
      ordering,
    );

    expect(fallen.gates.commit?.signOffs.map(({ person }) => person.id)).toEqual(['T1:UCY']);
    expect((await engine.events()).find(({ type }) => type === 'sign-off-fell')).toMatchObject({
      message: 'bo signed, and that no longer counts: T1:UBO is not in the roster.',
    });
    expect(shown.map(([kind]) => kind)).not.toContain('commit-recovery');
    roster.people = keyHolders;
    const state = await engine.until('the end', (seen) => seen.ended !== null, sign);
    expect(state.ended).toMatchObject({ outcome: 'completed' });
  });

  it('waits with the commit while the roster cannot be read, says so, and takes nothing from anybody', async () => {
    const { engine, roster, shown } = await begin();
    const sign = signingAs(engine);
    const ordering: People = (service, state) => {
      const pressed = sign(service, state);
      if (pressed === null || (state.gates.commit?.signOffs.length ?? 0) < 2) return pressed;
      return pressed.then(() => {
        roster.people = null;
      });
    };

    await engine.until(
      'the wait',
      () => engine.progress.get('R1')?.startsWith('On hold: ') === true,
      ordering,
    );

    expect(engine.progress.get('R1')).toMatch(
      /cannot be checked now: The roster people\.yaml cannot be read/,
    );
    expect((await engine.state()).gates.commit?.signOffs).toHaveLength(2);
    expect(shown.map(([kind]) => kind)).not.toContain('commit-recovery');
    roster.people = keyHolders;
    const state = await engine.until('the end', (seen) => seen.ended !== null, sign);
    expect(state.ended).toMatchObject({ outcome: 'completed' });
  });
});
