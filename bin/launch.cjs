'use strict';

const { existsSync } = require('fs');
const { join } = require('path');
const { become } = require('./become.cjs');
const { findNode, needed } = require('./find-node.cjs');

// Of our own programs, not of the tools that build and test them.
// A quarter of what V8 takes by itself for objects that have just been made: bot and agent read clusters of any size as they stream
// by, and then a larger one is only more memory, and longer pauses to clean it up.
const engine = ['--max-semi-space-size=4'];

// For the C library: what is given back by many short compressions and many connections goes back to the machine, and is not kept for
// later (measured: 60 MB of an agent's 215). Whoever sets them decides.
const allocator = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_TRIM_THRESHOLD_: '131072',
  MALLOC_MMAP_THRESHOLD_: '131072',
};

/** Starts one of our programs (a file) with a Node new enough, or says in one sentence and a hint why it cannot: exit 1. */
function launch(program, args) {
  for (const name of Object.keys(allocator)) {
    if (process.env[name] === undefined) process.env[name] = allocator[name];
  }
  start(program, args, engine);
}

/** The same for a tool, with V8 and the C library as they are. */
function launchTool(program, args) {
  start(program, args, []);
}

function start(program, args, options) {
  const { path, tried } = findNode();
  if (path === undefined) return refuse(tried);
  become(path, options.concat(process.execArgv, [program], args), (error) => refuse(error.message));
}

function refuse(tried) {
  const brought = tried === '' ? 'none came along' : `the one that came along does not run here (${tried})`;
  const name = `node-${process.platform}-${process.arch}`;
  const way = existsSync(join(__dirname, 'tool.cjs')) // in a clone; the package has none
    ? 'install again without --omit=optional: on Linux npm then brings one along.'
    : `let npx bring one: npx -p ${name}@24 -p aurora-chatops aurora-chatops …`;
  process.stderr.write(
    `aurora-chatops needs Node ${needed} or newer. This is ${process.version.slice(1)}, no newer one is on the PATH, and ${brought}.\n` +
      `Put Node 24 on the PATH, or ${way}\n`
  );
  process.exitCode = 1;
}

module.exports = { launch, launchTool };

// In a clone: node bin/launch.cjs PROGRAM ARGUMENTS…
if (require.main === module) launch(process.argv[2], process.argv.slice(3));
