/** Says on a terminal how far a long file was read, how fast, and how long it will take; a pipe is told nothing. */
import type { Clock } from '../aurora/clock.ts';
import { escaped } from '../aurora/printable.ts';
import { bytesText, durationText } from '../slack/time.ts';

interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** What takes less is over before anybody has read it. */
const silentMs = 1_000;
const everyMs = 200;

interface Progress {
  /** So many bytes have been read. */
  show(bytes: number): void;
  /** Nothing more is read: the line is gone. */
  end(): void;
}

export function createProgress(about: {
  readonly name: string;
  readonly total: number;
  readonly screen: Screen;
  readonly clock: Clock;
}): Progress {
  const { name, total, screen, clock } = about;
  const startedAt = clock.now();
  let [shownAt, isShown] = [startedAt + silentMs - everyMs, false];
  return {
    show(read) {
      const now = clock.now();
      if (screen.isTTY !== true || now - shownAt < everyMs) return;
      shownAt = now;
      isShown = true;
      screen.write(`\r\x1b[K${escaped(name)}: ${progressText({ read, total, tookMs: now - startedAt })}`);
    },
    end() {
      if (isShown) screen.write('\r\x1b[K');
    },
  };
}

/** `43 %, 212.0 MB/s, 12 s left`; a file that grows while it is read is never more than whole. */
export function progressText({
  read,
  total,
  tookMs,
}: {
  read: number;
  total: number;
  tookMs: number;
}): string {
  const perMs = read / Math.max(1, tookMs);
  const leftMs = Math.max(0, total - read) / perMs;
  const percent = total > 0 ? Math.min(100, Math.floor((100 * read) / total)) : 100;
  return `${percent} %, ${bytesText(perMs * 1000)}/s, ${durationText(leftMs)} left`;
}
