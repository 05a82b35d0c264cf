/** The parts of `npm run crashes`; that whole restores survive it is its own business and takes many minutes. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { restoreProcedures } from '../../src/aurora/cluster.ts';
import { findNeverMet, listKnownPoints } from './known-points.ts';
import type { WorldReport } from './play-world.ts';
import type { KillOrders } from './preload/kill.ts';
import { addUp, isClean, nameOf } from './report.ts';
import { scenesOf } from './scene.ts';

const scenes = scenesOf(restoreProcedures);

function reportOf(changes: Partial<WorldReport>): WorldReport {
  const scene = { procedure: 'staged', story: 'restore' } as const;
  const clean = { repeated: 0, lost: 0, undoMismatch: false, problems: [] };
  return { scene, points: [], outcome: 'completed', ...clean, ...changes };
}

describe('the points that have to be met', () => {
  it('stand before and after each step of every procedure', () => {
    const points = listKnownPoints(scenes);

    expect(points).toContain('bot:before:step-completed:stage-backup@staged');
    expect(points).toContain('agent:after:set-aside-log:set-aside-log:rename-db.set-aside-R@recovery-tool');
    expect(points).toContain('agent:during:commit:commit-recovery:call-commitRecovery@staged');
    expect(points).toContain('bot:after:restore-ended:undone@recovery-tool/go-back');
    expect(points).toContain('agent:after:bring-back-log:bring-back-log:rename-db@set-aside-log');
    expect(points).toContain('bot:before:abort-ordered@set-aside-log/abort');
  });

  it('are missed by name', () => {
    const [first = '', ...rest] = listKnownPoints(scenes);

    expect(findNeverMet(scenes, new Set(rest))).toEqual([first]);
  });
});

describe('adding worlds up', () => {
  it('counts a point once a procedure, and what is met on the way back once for each way', () => {
    const there = reportOf({ points: ['bot:before:commit-ordered'] });
    const abort = { procedure: 'staged', story: 'abort' } as const;
    const back = reportOf({
      scene: abort,
      outcome: 'undone',
      points: ['bot:before:commit-ordered', 'bot:before:abort-ordered'],
    });

    const totals = addUp([there, back]);

    expect(totals).toMatchObject({ points: 2, runs: 2, completed: 1, aborted: 1, stuck: 0 });
    expect(nameOf(back, 'bot:before:abort-ordered')).toBe('bot:before:abort-ordered@staged/abort');
  });

  it.each([
    ['another end', { outcome: 'unfinished' }],
    ['an effect that happened twice', { repeated: 1 }],
    ['an effect that was lost', { lost: 1 }],
    ['something put back otherwise', { outcome: 'undone', undoMismatch: true }],
  ] as const)('is not clean with %s', (_, changes) => {
    expect(isClean(addUp([reportOf(changes)]))).toBe(false);
    expect(isClean(addUp([reportOf({})]))).toBe(true);
  });
});

describe('a killer', () => {
  let directory: string;

  beforeEach(() => {
    directory = fs.mkdtempSync(join(tmpdir(), 'aurora-killer-'));
    for (const name of ['forward', 'undo', 'world']) fs.mkdirSync(join(directory, name));
  });
  afterEach(() => fs.rmSync(directory, { recursive: true }));

  const passIn = (points: readonly string[], orders: Partial<KillOrders> = {}): string => {
    const all: KillOrders = {
      scopes: { forward: join(directory, 'forward'), undo: join(directory, 'undo') },
      world: join(directory, 'world'),
      begun: directory,
      limit: 10,
      only: [],
      compiled: join(directory, 'compiled'),
      ...orders,
    };
    const module = pathToFileURL(join(import.meta.dirname, 'preload', 'kill.ts')).href;
    const program = `const { createKiller } = await import(${JSON.stringify(module)});
      const pass = createKiller(${JSON.stringify(all)});
      for (const point of ${JSON.stringify(points)}) { pass(point); console.log(point); }`;
    const { stdout, signal } = spawnSync(process.execPath, ['--input-type=module', '-e', program]);
    return `${stdout.toString().trim().replaceAll('\n', ' ')} ${signal ?? 'lives'}`.trim();
  };

  it('kills its process at a point, and never again there', () => {
    expect(passIn(['a', 'b'])).toBe('SIGKILL');
    expect(passIn(['a', 'b'])).toBe('a SIGKILL');
    expect(passIn(['a', 'b'])).toBe('a b lives');
  });

  it('stops when the world has had enough', () => {
    expect(passIn(['a'], { limit: 1 })).toBe('SIGKILL');
    expect(passIn(['a', 'b'], { limit: 1 })).toBe('a b lives');
  });

  it('kills nowhere but where it was told to', () => {
    expect(passIn(['step-a', 'step-b'], { only: ['b'] })).toBe('step-a SIGKILL');
  });

  it('kills nobody before its scene has begun', () => {
    const begun = join(directory, 'begun');

    expect(passIn(['a'], { begun })).toBe('a lives');
    fs.writeFileSync(begun, '');
    expect(passIn(['a'], { begun })).toBe('SIGKILL');
  });

  it('kills on each way back anew', () => {
    expect(passIn(['step-undo'])).toBe('SIGKILL');
    const other = join(directory, 'other');
    fs.mkdirSync(other);

    expect(passIn(['step-undo'], { scopes: { forward: join(directory, 'forward'), undo: other } })).toBe(
      'SIGKILL',
    );
  });
});
