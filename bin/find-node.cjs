'use strict';

// Which Node runs the programs. Everything in bin/ is read by whatever Node the machine has, so it keeps to the
// JavaScript of Node 6 (eslint.config.js holds it to that) and requires nothing that is not in every Node.

const { spawnSync } = require('child_process');
const { existsSync, realpathSync } = require('fs');
const { delimiter, join } = require('path');

/** The oldest Node that runs the programs, `MAJOR.MINOR`: package.json says it once, for npm and for us. */
const needed = require('../package.json').engines.node.replace('>=', '');

/**
 * Finds a Node new enough: the one that runs this, the one that npm brought along, the first such on the PATH.
 * Returns `{ path }`, or `{ tried }` with what the brought one said when this machine cannot run it ('' without one).
 */
function findNode() {
  if (newEnough(process.version)) return { path: process.execPath };
  const brought = broughtNode();
  const asked = brought === null ? null : ask(brought);
  if (asked !== null && newEnough(asked.version)) return { path: brought };
  for (const path of onThePath()) {
    if (newEnough(ask(path).version)) return { path };
  }
  return { tried: asked === null ? '' : asked.said };
}

/** Two packages of the lock file bring a `node` each, and npm 10 links neither into .bin: it is looked up by package. */
function broughtNode() {
  try {
    return require.resolve(`node-${process.platform}-${process.arch}/bin/node`);
  } catch (_notInstalled) {
    return null;
  }
}

function onThePath() {
  const files = (process.env.PATH || '').split(delimiter).map((directory) => join(directory, 'node'));
  return Array.from(new Set(files.filter(existsSync).map((file) => realpathSync(file))));
}

/** What a Node says its version is, and its last words where it cannot even say that: a C library too old, another machine's code. */
function ask(path) {
  const { stdout, stderr, error } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 10000 });
  return { version: stdout || '', said: error ? error.message : (stderr || '').trim().split('\n')[0] };
}

function newEnough(version) {
  const numbers = /^v(\d+)\.(\d+)\./.exec(version);
  if (numbers === null) return false;
  const least = needed.split('.').map(Number);
  const major = Number(numbers[1]);
  return major > least[0] || (major === least[0] && Number(numbers[2]) >= least[1]);
}

module.exports = { findNode, needed };
