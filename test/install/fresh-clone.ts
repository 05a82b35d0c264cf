/** The checkout as somebody gets it who has just cloned it, with an empty home and a Node and an npm of their own. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { cleanEnvironment } from './clean-environment.ts';
import { directoryOfPair, type Pair } from './pair.ts';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface FreshClone {
  readonly directory: string;
  readonly home: string;
  /** Runs a program in the clone, by default with the pair before the programs of the system. */
  run(program: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended>;
  remove(): void;
}

/** What git ignores, and git's own. */
const notCloned = new Set([
  '.git',
  'node_modules',
  'dist',
  'npm-shrinkwrap.json',
  'coverage',
  'reports',
  '.drill',
]);

const checkout = join(import.meta.dirname, '..', '..');

/** A copy in a temporary directory; nothing is installed in it yet. */
export function cloneAfresh(pair: Pair): FreshClone {
  const root = fs.mkdtempSync(join(tmpdir(), 'aurora-install-test-'));
  const directory = join(root, 'clone');
  const home = join(root, 'home');
  fs.cpSync(checkout, directory, {
    recursive: true,
    filter: (file) => !notCloned.has(relative(checkout, file)),
  });
  fs.mkdirSync(home);
  const own = {
    ...cleanEnvironment(),
    ...registryAsConfigured(),
    HOME: home,
    NO_COLOR: '1',
    PATH: [directoryOfPair(pair), ...systemDirectories].join(':'),
  };
  return {
    directory,
    home,
    run: async (program, args, env) => {
      const child = spawn(program, args, {
        cwd: directory,
        env: { ...own, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const [stdout, stderr] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'exit'),
      ]);
      return { code: child.exitCode, stdout, stderr };
    },
    remove: () => fs.rmSync(root, { recursive: true }),
  };
}

const systemDirectories = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** An empty home has no configuration; where packages come from, and what was downloaded before, is the machine's. */
function registryAsConfigured(): NodeJS.ProcessEnv {
  const ask = (key: string): string =>
    execFileSync('npm', ['config', 'get', key], { env: cleanEnvironment(), encoding: 'utf8' }).trim();
  return {
    npm_config_registry: ask('registry'),
    npm_config_globalconfig: ask('globalconfig'),
    npm_config_cache: ask('cache'),
    npm_config_prefer_offline: 'true',
    npm_config_update_notifier: 'false',
  };
}
