/** What a program of the bench took while it was looked at: its memory at the highest, and how long its loop stood still. */
import { readFileSync, writeFileSync } from 'node:fs';

export interface Took {
  /** Highest resident memory, in 10^6 bytes. */
  readonly rssMb: number;
  /** The longest time in which nothing else could run. */
  readonly stallMsMax: number;
  /** The same without the time in which the machine ran something else: what this program's main thread did in one go. */
  readonly busyMsMax: number;
}

/** Begins now; call what it answers once, at the end. Of this process. */
export function watchProcess(): () => Took {
  // proc(5): the highest resident memory counts from now on.
  writeFileSync('/proc/self/clear_refs', '5');
  let [at, busy] = [performance.now(), threadMs()];
  let [stallMsMax, busyMsMax] = [0, 0];
  const look = (): void => {
    const [now, busyNow] = [performance.now(), threadMs()];
    stallMsMax = Math.max(stallMsMax, now - at);
    busyMsMax = Math.max(busyMsMax, busyNow - busy);
    [at, busy] = [now, busyNow];
  };
  const timer = setInterval(look, 1);
  return () => {
    clearInterval(timer);
    look();
    return { rssMb: highestRssMb(), stallMsMax: rounded(stallMsMax), busyMsMax: rounded(busyMsMax) };
  };
}

/** Answers `begin` and `end` of the parent process, and ends with it. */
export function watchForParent(): void {
  let end: (() => Took) | null = null;
  endWithParent();
  process.on('message', (asked) => {
    if (asked === 'begin') {
      end = watchProcess();
      process.send?.('begun');
    } else if (asked === 'end') process.send?.(end?.());
  });
}

/** By `exit`, so that what was compiled is kept. */
export function endWithParent(): void {
  process.once('disconnect', () => process.exit(0));
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

function highestRssMb(): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return Math.round((Number(kilobytes) * 1_024) / 1e6);
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}
