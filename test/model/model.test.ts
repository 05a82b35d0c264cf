import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { restoreProcedures } from '../../src/aurora/cluster.ts';
import { defects } from './defects.ts';
import { explore } from './explore.ts';
import { product } from './product.ts';
import { createWorld } from './world.ts';

// Everything that can happen is tried by a program: the code of a test file runs at less than half the speed.
const main = fileURLToPath(new URL('main.ts', import.meta.url));
const runMain = (...args: string[]) =>
  spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', timeout: 50_000 });

const Line = z.strictObject({
  people: z.number(),
  digests: z.number(),
  depth: z.number(),
  states: z.number(),
  violations: z.number(),
});

describe.each(restoreProcedures)('the model of a restore by %s', (procedure) => {
  const depth = procedure === 'staged' ? 6 : 5;
  it(`finds no broken promise in everything that three people can do within ${depth} moves, and says so in its last line`, () => {
    const run = runMain('--json', '--procedure', procedure, '--depth', `${depth}`);

    const line = Line.parse(JSON.parse(run.stdout.trimEnd().split('\n').at(-1) ?? ''));

    expect(run.stdout).toContain('All promises hold');
    expect(run.status).toBe(0);
    expect(line).toMatchObject({ people: 3, digests: 2, depth, violations: 0 });
    expect(line.states).toBeGreaterThan(3_000);
  });

  it('reaches every kind of end', () => {
    const outcomes = new Set<string>();
    const watched = {
      ...product,
      foldEvent: (...args: Parameters<typeof product.foldEvent>) => {
        const next = product.foldEvent(...args);
        if (next.ended !== null) outcomes.add(next.ended.outcome);
        return next;
      },
    };

    explore(createWorld({ product: watched, people: 2, digests: 1, procedure }), { depth: 6 });

    expect([...outcomes].sort()).toEqual(['completed', 'declined', 'expired', 'failed', 'undone']);
  });
});

describe('the owner of the bot’s machine', () => {
  it('breaks nothing with the signatures of a stop, and only the known with those of a commit, within 12 operations', () => {
    const run = runMain('--player', 'bot-owner', '--json');

    expect(JSON.parse(run.stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      player: 'bot-owner',
      depth: 12,
      violations: 0,
    });
    expect(run.stdout.match(/Not defended: .*/g)).toEqual([
      'Not defended: a scheduler runs as usual on a log that nobody committed, and forgets every task.',
      'Not defended: something else is committed than people signed.',
      'Not defended: tasks are reconciled, and nobody let it.',
      'Not defended: a scheduler runs as usual on a log that nobody committed, and forgets every task.',
    ]);
    expect(run.status).toBe(0);
  });
});

describe('the program of the model', () => {
  it('refuses a defect that it does not know', () => {
    const run = runMain('--defect', 'no-such-thing');

    expect(run.status).toBe(2);
    expect(run.stderr).toContain('Usage: npm run model');
  });
});

describe('a defect', () => {
  // The program finds this one below.
  const others = defects.filter(({ name }) => name !== 'keep-stale-sign-offs');
  it.each(others.map((defect) => [defect.name, defect.wrap] as const))('%s is found', (_name, wrap) => {
    const found = explore(createWorld({ product: wrap(product), people: 3, digests: 2 }), { depth: 8 });

    expect(found.violation).not.toBeNull();
  });

  it('ends the program with 1 and the shortest trace, in words', () => {
    const run = runMain('--defect', 'keep-stale-sign-offs');

    expect(run.status).toBe(1);
    expect(run.stdout).toContain(
      [
        'The shortest way there, 7 moves from where the commit gate is open:',
        '  1. tick 0: ana signs off commit c1',
        '  2. tick 0: bo signs off commit c1',
        '  3. tick 0: what is staged is lost, and made again',
        '  4. tick 0: the worker runs all steps to summarise-staged, which makes c2',
        '  5. tick 0: the worker writes gate-opened commit',
        '  6. tick 0: ana orders the commit of c2',
        '  7. tick 0: the worker writes gate-passed commit',
      ].join('\n'),
    );
  });

  it('can be listed', () => {
    const run = runMain('--defects');

    expect(run.status).toBe(0);
    for (const name of [
      'count-per-group',
      'keep-stale-sign-offs',
      'ignore-decline',
      'ignore-expiry',
      'same-person-twice',
    ]) {
      expect(run.stdout).toContain(name);
    }
  });
});
