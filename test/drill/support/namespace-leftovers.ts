/** What a drill on hosts made of namespaces, or what it was killed with, has left on this machine. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unifiedHierarchy } from '../../../src/drill/namespaces/control-groups.ts';

interface Leftovers {
  /** Pids in the control groups of its hosts. */
  readonly processes: readonly string[];
  /** Its leg in the hosts' network, which goes with the network's last process. */
  readonly interfaces: readonly string[];
  /** Mounts in any namespace of this machine. */
  readonly mounts: readonly string[];
  /** Empty ones, which the next drill takes away. */
  readonly emptyDirectories: readonly string[];
}

/** `pid` is that of the drill's own process. */
export function leftoversOf(pid: number): Leftovers {
  const mark = `aurora-host-${pid}-`;
  const groups = namesIn(unifiedHierarchy() ?? '', mark);
  return {
    processes: groups.flatMap(processesIn),
    interfaces: execFileSync('ip', ['-o', 'link'], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes(` ad${pid.toString(36)}x`)),
    mounts: mountsOf(mark),
    emptyDirectories: [...groups, ...namesIn(tmpdir(), mark)],
  };
}

export const nothing = { processes: [], interfaces: [], mounts: [], emptyDirectories: [] };

function namesIn(parent: string, start: string): string[] {
  return readdirSync(parent)
    .filter((name) => name.startsWith(start))
    .map((name) => join(parent, name));
}

function processesIn(group: string): string[] {
  return readdirSync(group, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('cgroup.procs'))
    .flatMap((path) => read(join(group, path)).split('\n').filter(Boolean));
}

function mountsOf(mark: string): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => read(`/proc/${pid}/mountinfo`).includes(mark));
}

/** Empty when it is gone meanwhile. */
function read(path: string): string {
  try {
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  } catch {
    return '';
  }
}
