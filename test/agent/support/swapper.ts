/**
 * Another account on the host that owns a directory, and exchanges names in it for links as fast as it can:
 * `node swapper.ts <uid> <json of {name: where the link leads}> <directory of its own>`. It ends when it is killed.
 */
import { lstatSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';

const [uid = '', links = '{}', spare = ''] = process.argv.slice(2);
const swaps = Object.entries(JSON.parse(links) as Record<string, string>);
process.setgroups?.([Number(uid)]);
process.setgid?.(Number(uid));
process.setuid?.(Number(uid));
process.stdout.write('ready\n');

for (let turn = 0; ; turn += 1) {
  for (const [name, target] of swaps) {
    if (isFile(name)) exchangeFile(name, target);
    else exchangeDirectory(name, target, turn);
  }
}

/** There is one or the other at every instant. */
function exchangeFile(name: string, target: string): void {
  tried(() => symlinkSync(target, `${spare}/link`));
  tried(() => renameSync(`${spare}/link`, name));
  tried(() => writeFileSync(`${spare}/file`, "the account's", { mode: 0o644 }));
  tried(() => renameSync(`${spare}/file`, name));
}

/** A name of its own each time: what cannot be put back, because somebody has made another one meanwhile, stays there. */
function exchangeDirectory(name: string, target: string, turn: number): void {
  const kept = `${name}.kept-${turn}`;
  if (!tried(() => renameSync(name, kept))) return;
  tried(() => symlinkSync(target, name));
  tried(() => unlinkSync(name));
  tried(() => renameSync(kept, name));
}

function isFile(name: string): boolean {
  return lstatSync(name, { throwIfNoEntry: false })?.isFile() === true;
}

function tried(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
