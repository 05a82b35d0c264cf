/** The whole procedure over a pretend cluster, when nothing goes wrong. */
import { afterEach, describe, expect, it } from 'vitest';
import { staged } from '../../../src/restore/procedures/staged.ts';
import { dee } from '../support/office.ts';
import { approving, openEngine, type PretendEngine } from '../support/pretend-engine.ts';
import { predicted } from '../support/pretend-scene.ts';

const engines: PretendEngine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

async function begin(): Promise<PretendEngine> {
  const engine = await openEngine();
  engines.push(engine);
  return engine;
}

describe('a restore', () => {
  it('goes through the whole plan in order, ends completed, and kills and starts what was predicted', async () => {
    const engine = await begin();
    await engine.propose();
    await engine.startWorker();

    const state = await engine.until('the end', (seen) => seen.ended !== null, approving);

    expect(state.ended).toMatchObject({ outcome: 'completed' });
    expect(state.done).toEqual(staged.plan);
    expect(state.facts.preview?.blast).toMatchObject(predicted);
    expect(state.facts.soak).toMatchObject({ observed: predicted, asPredicted: true });
    expect(state.facts.report?.notAsBefore).toEqual([]);
    expect(engine.mistakes).toEqual([]);
  });

  it('asks with grants that name what was signed, and nobody who has not', async () => {
    const engine = await begin();
    const asked: [string, string, string][] = [];
    engine.meddling.with = async (request, perform) => {
      const { kind, digest, signers } = request.grant.payload;
      asked.push([kind, digest, signers.map(({ person, gate }) => `${gate} ${person}`).join(', ')]);
      return await perform();
    };
    await engine.propose();
    await engine.startWorker();

    await engine.until('a sign-off', (seen) => seen.gates.commit?.signOffs.length === 1, approving);
    await engine.service.take('abort', { restoreId: 'R1', userId: dee.userId, reason: 'not this one' });
    const state = await engine.until('the end', (seen) => seen.ended !== null);

    const plan = state.gates.stop?.digest;
    expect(asked.filter(([kind]) => kind === 'hold-backup')).toEqual([['hold-backup', '', '']]);
    expect(new Set(asked.filter(([kind]) => kind !== 'hold-backup').map(([, digest]) => digest))).toEqual(
      new Set([plan]),
    );
    expect(new Set(asked.map(([, , signers]) => signers))).toEqual(new Set(['', 'stop T1:UBO']));
  });
});
