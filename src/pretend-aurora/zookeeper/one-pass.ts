/**
 * Turns "something changed" calls into looks, one at a time: calls during a look lead to one more look after it, and a
 * look that fails is repeated after `pauseAfterFailure`, until `isOver`.
 */
export function onePassAtATime(options: {
  look: () => Promise<void>;
  pauseAfterFailure: () => Promise<void>;
  isOver: () => boolean;
}): () => void {
  let running = false;
  let again = false;
  const run = async (): Promise<void> => {
    running = true;
    while (again && !options.isOver()) {
      again = false;
      try {
        await options.look();
      } catch {
        again = true;
        await options.pauseAfterFailure();
      }
    }
    running = false;
  };
  return () => {
    again = true;
    if (!running) void run();
  };
}
