import type { Attack } from './attack.ts';
import { searchSequences } from './search.ts';
import { signatureAttacks } from './signatures.ts';

/** Every attack there is; `sequences` bounds the one that searches. */
export function attacksOf(asked: { sequences: number; seed: number }): readonly Attack[] {
  return [...signatureAttacks, searching(asked)];
}

function searching(asked: { sequences: number; seed: number }): Attack {
  return {
    name: `bot host: ${asked.sequences} sequences of operations, with all that was signed for stops`,
    play: async () => {
      const { operations, done, broken } = await searchSequences(asked);
      const tried = `${operations} operations were asked for, ${done} of them done`;
      return broken === null
        ? { held: done > 0, says: `${tried}, and nothing was lost.` }
        : {
            held: false,
            says: `${tried}. Seed ${broken.seed}: ${broken.tried.join(', ')}: ${broken.harms.join(' ')}`,
          };
    },
  };
}
