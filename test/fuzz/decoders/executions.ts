/** The executions of a run: each follows from the seed and its number, so that any of them can be had again alone. */
import { createRandom, type Random } from '../random.ts';
import { mistakes } from './mistakes.ts';
import { fuzzTargets } from './targets.ts';

interface Execution {
  readonly target: string;
  readonly bytes: Buffer;
  /** True: taken; false: refused as it should be. Throws what no decoder may throw. */
  run(): boolean | Promise<boolean>;
}

/** `only`: nothing but these targets, by name. */
export function createExecutions(options: {
  seed: number;
  only: readonly string[] | null;
}): (number: number) => Execution {
  const targets =
    options.only === null
      ? Object.entries(fuzzTargets())
      : Object.entries({ ...fuzzTargets(), ...mistakes }).filter(([name]) => options.only?.includes(name));
  // Backups are what people bring by hand: half of all executions.
  const turns = targets.flatMap((target) => (target[0] === 'backup' ? [target, target, target] : [target]));
  return (number) => {
    const random = randomOf(options.seed, number);
    const [name, target] = random.pick(turns);
    const bytes = target.make(random);
    return { target: name, bytes, run: () => target.decode(bytes, random) };
  };
}

function randomOf(seed: number, number: number): Random {
  return createRandom(Math.imul(seed, 0x9e37_79b1) ^ Math.imul(number + 1, 0x85eb_ca6b));
}
