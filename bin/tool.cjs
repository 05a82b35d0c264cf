'use strict';

// In a clone: node bin/tool.cjs PROGRAM ARGUMENTS… starts what only runs with all that `npm ci` installs by default: compiler,
// linters and test runner have their native halves in npm's optional packages, and tell in a stack only that they miss them.

const { existsSync, readFileSync } = require('fs');
const { join } = require('path');
const { launchTool } = require('./launch.cjs');

const program = process.argv[2];
const problem = problemOf(program);
if (problem === null) launchTool(program, process.argv.slice(3));
else {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}

function problemOf(file) {
  if (!existsSync(file)) return `${file} is not installed.\nRun "npm ci", with development packages.`;
  // What npm notes down about what it installed. Somebody else's installer leaves no note, and then the tool speaks for itself.
  const note = join('node_modules', '.package-lock.json');
  if (!existsSync(note)) return null;
  const packages = JSON.parse(readFileSync(note, 'utf8')).packages;
  if (Object.keys(packages).some((name) => packages[name].optional)) return null;
  return 'Tests, checks and the build need the optional packages, and none is installed.\nRun "npm ci" without --omit=optional.';
}
