/**
 * `npm run crashes [-- --json] [--procedure NAME] [--only POINT]… [--limit N] [--jobs N] [--points]`
 *
 * Kills the bot and the agents before and after every journal write and every host effect of every procedure, of an abort
 * and of a go-back: SIGKILL, real processes, each point once. Exits 1 when a world does not end as its story does, when an
 * effect happened twice or not at all, when what was put back differs, or when a point was never met; 130 on Ctrl-C.
 */
import fs from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type RestoreProcedure, restoreProcedures } from '../../src/aurora/cluster.ts';
import { findNeverMet, listKnownPoints } from './known-points.ts';
import { playScene } from './play-scene.ts';
import type { WorldReport } from './play-world.ts';
import { addUp, formatWorld, isClean, nameOf } from './report.ts';
import { type Scene, scenesOf } from './scene.ts';

const usage = `Usage: npm run crashes [-- --json] [--procedure ${restoreProcedures.join('|')}] [--only POINT]… [--limit N] [--jobs N] [--points]`;

const Asked = z.object({
  json: z.boolean(),
  points: z.boolean(),
  /** Each may be a part of a point's name. */
  only: z.array(z.string()),
  procedure: z.enum(restoreProcedures).optional(),
  /** Kills in one world: each takes a second or two, and a world a minute without any. */
  limit: z.coerce.number().int().min(1).max(150),
  jobs: z.coerce.number().int().min(1).max(16),
});

function readArguments(): z.infer<typeof Asked> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      points: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      procedure: { type: 'string' },
      limit: { type: 'string', default: '60' },
      jobs: { type: 'string', default: String(availableParallelism()) },
    },
  });
  return Asked.parse(values);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const proceduresOf = (asked: z.infer<typeof Asked>): readonly RestoreProcedure[] =>
  asked.procedure === undefined ? restoreProcedures : [asked.procedure];

async function run(asked: z.infer<typeof Asked>): Promise<number> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  const marks = await mkdtemp(join(tmpdir(), 'aurora-crashes-marks-'));
  const reports: WorldReport[] = [];
  const scenes = scenesOf(proceduresOf(asked));
  try {
    await workThrough(scenes, asked.jobs, (scene) =>
      playScene({
        scene,
        scopes: makeScopes(marks, scene),
        limit: asked.limit,
        only: asked.only,
        compiled: join(marks, 'compiled'),
        signal: interrupted.signal,
        onKill: (point) => say(`${scene.procedure}/${scene.story}: killed at ${point}`),
        onWorld: (report) => {
          reports.push(report);
          say(formatWorld(report));
        },
      }),
    );
  } finally {
    await rm(marks, { recursive: true, force: true });
  }
  const neverMet = asked.only.length > 0 ? [] : findNeverMet(scenes, namesOf(reports));
  for (const point of neverMet) say(`never met: ${point}`);
  const totals = addUp(reports);
  const seconds = Math.round(performance.now() / 1_000);
  say(`${totals.points} points in ${totals.runs} worlds and ${seconds} s.`);
  if (asked.json) say(JSON.stringify(totals));
  if (interrupted.signal.aborted) return 130;
  return isClean(totals) && neverMet.length === 0 && totals.points > 0 ? 0 : 1;
}

function namesOf(reports: readonly WorldReport[]): ReadonlySet<string> {
  return new Set(reports.flatMap((report) => report.points.map((point) => nameOf(report, point))));
}

function makeScopes(marks: string, { procedure, story }: Scene): { forward: string; undo: string } {
  const scopes = { forward: join(marks, procedure), undo: join(marks, `${procedure}.${story}`) };
  for (const directory of Object.values(scopes)) fs.mkdirSync(directory, { recursive: true });
  return scopes;
}

/** All of them, so many at a time. */
async function workThrough<T>(
  works: readonly T[],
  jobs: number,
  work: (one: T) => Promise<void>,
): Promise<void> {
  const left = [...works];
  const hand = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: jobs }, hand));
}

try {
  const asked = readArguments();
  if (asked.points) for (const point of listKnownPoints(scenesOf(proceduresOf(asked)))) say(point);
  else process.exitCode = await run(asked);
} catch (error) {
  const problem = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
  process.stderr.write(`${problem}\n${usage}\n`);
  process.exitCode = 2;
}
