/** Decoders with the mistakes that fuzzing is for: they show that it finds them, and run only when asked for by name. */
import type { Random } from '../random.ts';

const held: Buffer[] = [];

export const mistakes = {
  mistakes: {
    make: (random: Random) => Buffer.from(random.pick([...'okokokokokokokokokteh'])),
    decode: (bytes: Buffer): boolean => {
      const text = bytes.toString();
      if (text === 't') throw new TypeError('undefined is not a function');
      if (text === 'e') process.abort();
      while (text === 'h');
      return text === 'o';
    },
  },
  hoarder: {
    make: (random: Random) => random.bytes(4),
    decode: (bytes: Buffer): boolean => {
      held.push(Buffer.alloc(1_000, bytes));
      return true;
    },
  },
};
