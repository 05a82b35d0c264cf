/** A Node and an npm that somebody may have, from the npm registry, kept in a cache directory between runs. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { cleanEnvironment } from './clean-environment.ts';

export interface Pair {
  /** Versions in full, so that a run tomorrow is the run of today. */
  readonly node: string;
  readonly npm: string;
}

/** What the README's commands have to work with. npm 9 and 10 are the ones that came with these Nodes. */
export const pairs = [
  { node: '18.20.8', npm: '9.9.4' },
  { node: '18.20.8', npm: '10.9.9' },
  { node: '20.20.2', npm: '10.9.9' },
  { node: '22.23.5', npm: '10.9.9' },
  { node: '24.22.3', npm: '11.21.2' },
] as const satisfies readonly Pair[];

/** The oldest Node with the npm that links no `node`: the pair that every run of the tests proves. */
export const hardestPair: Pair = pairs[1];

const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'aurora-chatops', 'pairs');

/** The directory of a `node` of that version. */
export function directoryOfNode(version: string): string {
  const name = `node-${process.platform}-${process.arch}`;
  return join(installed(name, version), 'node_modules', name, 'bin');
}

/** A directory with the pair's `node` and `npm` in it, to put first on a PATH. */
export function directoryOfPair({ node, npm }: Pair): string {
  const directory = join(cache, `pair-${node}-${npm}`);
  const cli = join(installed('npm', npm), 'node_modules', 'npm', 'bin', 'npm-cli.js');
  fs.mkdirSync(directory, { recursive: true });
  link(join(directoryOfNode(node), 'node'), join(directory, 'node'));
  link(cli, join(directory, 'npm'));
  return directory;
}

function link(to: string, path: string): void {
  fs.rmSync(path, { force: true });
  fs.symlinkSync(to, path);
}

/** Complete or not there: a run that was killed in the middle leaves nothing that looks installed. */
function installed(name: string, version: string): string {
  const directory = join(cache, `${name}-${version}`);
  if (fs.existsSync(directory)) return directory;
  fs.mkdirSync(cache, { recursive: true });
  const beside = fs.mkdtempSync(`${directory}-`);
  const options = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', beside];
  execFileSync('npm', ['install', ...options, `${name}@${version}`], {
    env: cleanEnvironment(),
    stdio: 'pipe',
  });
  try {
    fs.renameSync(beside, directory);
  } catch {
    // Another run was faster.
    fs.rmSync(beside, { recursive: true });
  }
  return directory;
}
