/** Work on the event loop, of everybody who asks here together, before others come in between. */
const workMs = 5;

let turnedAt = performance.now();
let turn: Promise<void> | null = null;

/**
 * To be awaited between two pieces of long work. Data that is there already comes by microtasks alone, megabytes of it, and
 * nothing else runs meanwhile: this lets timers and other people's requests in. Costs nothing while little time has gone by.
 */
export function breath(): Promise<void> | undefined {
  if (performance.now() - turnedAt < workMs) return undefined;
  turn ??= new Promise((resolve) => {
    setImmediate(() => {
      turnedAt = performance.now();
      turn = null;
      resolve();
    });
  });
  return turn;
}
