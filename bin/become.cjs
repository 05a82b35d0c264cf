'use strict';

const { spawn } = require('child_process');
const { readFileSync } = require('fs');
const { constants } = require('os');

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'];

/**
 * Becomes `node` with these arguments, and never returns to its caller. Where this Node can, the process is replaced (since
 * 22.15): a supervisor then sees one process. An older one stays as a parent that only passes on: signals downwards, the exit
 * code or the deadly signal upwards. `failed` is told what kept it from starting.
 */
function become(node, args, failed) {
  if (process.execve) process.execve(node, [node].concat(args), process.env);
  const child = spawn(node, args, { stdio: 'inherit' });
  child.on('error', failed);
  for (const signal of forwarded) {
    process.on(signal, () => {
      if (!cameFromTheTerminal(signal)) child.kill(signal);
    });
  }
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    for (const name of forwarded) process.removeAllListeners(name);
    process.exitCode = 128 + constants.signals[signal]; // for a signal that ends no Node, such as SIGPIPE
    process.kill(process.pid, signal);
  });
}

/** Ctrl-C and Ctrl-\ reach every process in the foreground of the terminal: passed on, the program would see them twice. */
function cameFromTheTerminal(signal) {
  if (signal !== 'SIGINT' && signal !== 'SIGQUIT') return false;
  try {
    // proc(5): after the name in parentheses come state, parent, group, session, terminal, and the terminal's foreground group.
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').pop().split(' ');
    return fields[2] === fields[5];
  } catch (_noProc) {
    return Boolean(process.stdin.isTTY);
  }
}

module.exports = { become };
