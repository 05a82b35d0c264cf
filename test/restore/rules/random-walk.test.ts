/**
 * Random people at random moments, two at a time, over the real service and a real store: whatever they do, the
 * journal can be replayed, its chain is whole, and the promises hold that the model's ledger checks. The model tries
 * everything in a small world; this goes further in a world with real transactions.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { foldJournal } from '../../../src/restore/record/fold.ts';
import { chainHash } from '../../../src/store/chain-hash.ts';
import { emptyLedger, observe } from '../../model/ledger.ts';
import { policy } from '../../model/world.ts';
import { type Office, openOffice } from '../support/office.ts';
import { ana, bo, cy, proposed } from '../support/story.ts';
import { workOn, workOnce } from '../support/worker-by-hand.ts';

const people = [ana, bo, cy];
const presses = [
  'sign',
  'sign',
  'sign',
  'decline',
  'commit',
  'commit',
  'abort',
  'go-back',
  'release',
  'extend',
  'mend',
] as const;
type Press = { readonly press: (typeof presses)[number]; readonly who: number };
type Round =
  | { readonly kind: 'press'; readonly both: readonly Press[] }
  | { readonly kind: 'work' | 'fail' | 'tick' | 'bar'; readonly who: number };

const press = fc.record({ press: fc.constantFrom(...presses), who: fc.nat({ max: 2 }) });
const round: fc.Arbitrary<Round> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('press' as const),
      both: fc.array(press, { minLength: 1, maxLength: 2 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('work' as const), who: fc.nat({ max: 2 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('tick' as const, 'fail' as const),
      who: fc.nat({ max: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('bar' as const), who: fc.nat({ max: 2 }) }) },
);
const beginning = fc.constantFrom('proposal' as const, 'commit gate' as const, 'second look' as const);

async function begin(office: Office, where: 'proposal' | 'commit gate' | 'second look'): Promise<void> {
  const R1 = { restoreId: 'R1' };
  await workOn(office);
  if (where === 'proposal') return;
  await office.service.take('sign-off', {
    ...R1,
    gate: 'stop',
    digest: 'd1',
    userId: bo.userId,
    comment: '',
  });
  await workOn(office);
  if (where === 'commit gate') return;
  await office.service.take('sign-off', {
    ...R1,
    gate: 'commit',
    digest: 'c1',
    userId: bo.userId,
    comment: '',
  });
  await office.service.take('sign-off', {
    ...R1,
    gate: 'commit',
    digest: 'c1',
    userId: cy.userId,
    comment: '',
  });
  await office.service.take('commit', { ...R1, digest: 'c1', userId: cy.userId, typedCluster: 'east' });
  await workOn(office);
}

async function doPress(office: Office, { press, who }: Press): Promise<void> {
  const { service } = office;
  const order = { restoreId: 'R1', userId: people[who]?.userId ?? '', reason: 'because', comment: '' };
  const open = Object.values((await office.state()).gates).find((gate) => gate.status === 'open');
  const vote = { ...order, gate: open?.name ?? 'stop', digest: open?.digest ?? '' };
  switch (press) {
    case 'sign':
      await service.take('sign-off', vote);
      return;
    case 'decline':
      await service.take('decline', vote);
      return;
    case 'commit':
      await service.take('commit', { ...order, digest: 'c1', typedCluster: 'east' });
      return;
    case 'abort':
      await service.take('abort', order);
      return;
    case 'go-back':
      await service.take('go-back', order);
      return;
    case 'release':
      await service.take('let-reconcile', order);
      return;
    case 'extend':
      await service.take('more-time', { ...order, byMs: 1 });
      return;
    case 'mend':
      await service.take('look-again', order);
      return;
  }
}

it('whatever people do, the journal stays whole and the promises hold', { timeout: 120_000 }, async () => {
  const outcomes = new Set<string>();

  await fc.assert(
    fc.asyncProperty(beginning, fc.array(round, { minLength: 5, maxLength: 40 }), async (where, rounds) => {
      const office = await openOffice([
        proposed({ policy: { ...policy, approvers: people.map(({ userId }) => userId) } }),
      ]);
      const barredSince = new Map<string, number>();
      try {
        await begin(office, where);
        for (const turn of rounds) {
          if (turn.kind === 'press') await Promise.all(turn.both.map((one) => doPress(office, one)));
          else if (turn.kind === 'tick') office.clock.at += 1;
          else if (turn.kind === 'bar') {
            const actor = people[turn.who] ?? ana;
            office.people.bar(actor, 'deactivated people never count');
            if (!barredSince.has(actor.id)) barredSince.set(actor.id, (await office.state()).seq);
          } else await workOnce(office, { fails: turn.kind === 'fail' });
        }

        const records = await office.store.read('R1');

        const breaches: string[] = [];
        let ledger = emptyLedger;
        let hash = '';
        for (const { restoreId, seq, at, event, hash: kept } of records) {
          const seen = observe(ledger, event, {
            now: at,
            at,
            decidedAt: at,
            requester: ana.id,
            isAllowed: (id) => seq <= (barredSince.get(id) ?? Infinity),
          });
          ledger = seen.ledger;
          breaches.push(...seen.breaches);
          hash = chainHash(hash, { restoreId, seq, at, event });
          expect(kept).toBe(hash);
        }
        expect(breaches).toEqual([]);
        outcomes.add(foldJournal(records).ended?.outcome ?? 'open');
      } finally {
        await office.close();
      }
    }),
    { numRuns: 120 },
  );

  expect(outcomes.size).toBeGreaterThan(2);
});
