/**
 * Turns "something changed" calls into looks, one at a time: calls during a look lead to one more look after it. A
 * look that fails is left to the next change, because what broke it (a lost connection) announces its return.
 */
export function onePassAtATime(look: () => Promise<void>): () => void {
  let running = false;
  let again = false;
  const run = async (): Promise<void> => {
    running = true;
    do {
      again = false;
      await look().catch(() => undefined);
    } while (again);
    running = false;
  };
  return () => {
    again = true;
    if (!running) void run();
  };
}
