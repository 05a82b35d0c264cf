/**
 * How fast backups are decoded, beside what anybody else would do with the file: only read it, or give it to Thrift's own
 * libraries with code of Thrift's own compiler. Each in a process of its own, so that its memory means something; in turns, because
 * the machine is shared; a first run of each is not counted.
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { snapshot } from '../../src/thrift/structs.ts';
import { largeBackup } from '../backups/large-backup.ts';
import { installDebianPackages, MissingPackages, thriftPeers } from '../support/debian.ts';
import type { BenchPart } from './part.ts';
import { idlOf } from './peers/idl.ts';

/** Above this, Thrift's libraries want more memory than machines have. */
const peerTasksMax = 100_000;
const rounds = 3;
const runsARound = 3;

/** `decode` of the last line: our rate as a part of a stream's and as a multiple of npm's; our memory. */
export const benchDecode: BenchPart = async ({ tasks, say }) => {
  const directory = await mkdtemp(join(tmpdir(), 'bench-decode-'));
  try {
    say(`Writing a backup of ${tasks} tasks.`);
    const file = join(directory, 'backup');
    const bytes = await writeLargeBackup(file, tasks);
    const small = tasks <= peerTasksMax ? file : join(directory, 'small');
    const smallBytes = small === file ? bytes : await writeLargeBackup(small, peerTasksMax);
    const peers = preparePeers(directory, say);
    const contenders: Contender[] = [
      { name: 'stream drain', file, bytes, command: node('drain.ts') },
      { name: 'whole inspection', file, bytes, command: node('inspect.ts') },
      { name: 'every row', file, bytes, command: node('rows.ts') },
      ...peers.map((peer) => ({ ...peer, file: small, bytes: smallBytes })),
    ];
    // The last one of a size is what the peers of that size are compared with.
    if (small !== file)
      contenders.push({
        name: 'whole inspection, 100k',
        file: small,
        bytes: smallBytes,
        command: node('inspect.ts'),
      });
    const results = await inTurns(contenders, directory);
    const rateOf = (name: string): number => results.get(name)?.rate ?? Number.NaN;
    const drain = rateOf('stream drain');
    const beside = results.has('whole inspection, 100k') ? 'whole inspection, 100k' : 'whole inspection';
    return {
      lines: [
        `Decoding a backup of ${tasks} tasks (${Math.round(bytes / 1e6)} MB); Thrift's libraries: of ${Math.min(tasks, peerTasksMax)}.`,
        ...[...results].map(
          ([name, { rate, rssMb }]) =>
            `  ${name.padEnd(24)} ${String(Math.round(rate)).padStart(5)} MB/s  ${(rate / drain).toFixed(2)} of a drain  ${rssMb} MB resident`,
        ),
      ],
      json: {
        ofDrain: rounded(rateOf('whole inspection') / drain),
        ofNpmThrift: results.has('npm thrift') ? rounded(rateOf(beside) / rateOf('npm thrift')) : null,
        rssMb: results.get('whole inspection')?.rssMb ?? null,
      },
    };
  } finally {
    await rm(directory, { recursive: true });
  }
};

interface Contender {
  readonly name: string;
  readonly file: string;
  readonly bytes: number;
  readonly command: (file: string) => readonly [program: string, ...args: string[]];
}

const peerPath = (name: string): string => fileURLToPath(new URL(`peers/${name}`, import.meta.url));
const runs = String(runsARound);

function node(program: string): Contender['command'] {
  return (file) => [process.execPath, peerPath(program), file, runs];
}

/** Those whose parts are there; says which are not, and why. */
function preparePeers(directory: string, say: (line: string) => void): Pick<Contender, 'name' | 'command'>[] {
  try {
    installDebianPackages(say, thriftPeers);
  } catch (error) {
    if (!(error instanceof MissingPackages)) throw error;
    say(`Without Thrift's own libraries beside it: ${error.message}`);
    return [];
  }
  const generated = join(directory, 'generated');
  mkdirSync(generated);
  writeFileSync(join(generated, 'snapshot.thrift'), idlOf(snapshot));
  for (const language of ['js:node', 'py'])
    execFileSync('thrift', ['-o', generated, '--gen', language, join(generated, 'snapshot.thrift')]);
  return [
    {
      name: 'npm thrift',
      command: (file) => [process.execPath, peerPath('npm-thrift.mjs'), file, runs, generated],
    },
    {
      name: 'python3-thrift',
      command: (file) => ['/usr/bin/python3', peerPath('python-thrift.py'), file, runs, generated],
    },
  ];
}

const told = z.object({ ms: z.array(z.number()), tasks: z.number().nullable(), rssMb: z.number() });

/** Without what bin/launch.cjs sets for the C library of our own programs: a plain stream reads at two thirds of its rate with it. */
const asTheyAre = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('MALLOC_')),
);

/** The median rate of each in MB/s (10^6), and the most memory it had. */
async function inTurns(
  contenders: readonly Contender[],
  directory: string,
): Promise<ReadonlyMap<string, { rate: number; rssMb: number }>> {
  const times = new Map<string, number[]>();
  const results = new Map<string, { rate: number; rssMb: number }>();
  for (let round = 0; round < rounds; round += 1)
    for (const { name, file, bytes, command } of contenders) {
      const [program, ...args] = command(file);
      // As with the compiled program, nothing is compiled again: an installed one has no types to strip.
      const env = {
        ...asTheyAre,
        NODE_COMPILE_CACHE: join(directory, 'compiled'),
        // For generated code, which lies outside.
        NODE_PATH: fileURLToPath(new URL('../../node_modules', import.meta.url)),
      };
      const { stdout } = await promisify(execFile)(program, args, { env });
      const { ms, rssMb } = told.parse(JSON.parse(stdout));
      // The first run of a process pays for loading and compiling.
      const all = [...(times.get(name) ?? []), ...ms.slice(1)].sort((a, b) => a - b);
      times.set(name, all);
      const median = all[Math.floor(all.length / 2)] ?? Number.NaN;
      // The first round has filled the cache.
      const most = round <= 1 ? rssMb : Math.max(rssMb, results.get(name)?.rssMb ?? 0);
      results.set(name, { rate: bytes / 1000 / median, rssMb: most });
    }
  return results;
}

function rounded(ratio: number): number {
  return Math.round(ratio * 100) / 100;
}

async function writeLargeBackup(path: string, tasks: number): Promise<number> {
  const recorded = await readFile(
    new URL('../fixtures/backups/real/scheduler-backup-2026-11-23-16-38', import.meta.url),
  );
  const file = await open(path, 'w');
  let bytes = 0;
  try {
    for (const chunk of largeBackup(recorded, tasks)) {
      await file.write(chunk);
      bytes += chunk.length;
    }
  } finally {
    await file.close();
  }
  return bytes;
}
