import { errors, operations, Refusal } from './codes.ts';
import type { JuteReader, JuteWriter } from './jute.ts';
import type { Outcome } from './outcome.ts';
import type { Tree } from './tree.ts';

/** What may stand in a `multi`. */
const allowed: readonly number[] = [
  operations.create,
  operations.create2,
  operations.createContainer,
  operations.delete,
  operations.setData,
  operations.check,
];
const errorType = -1;

/** The header in front of each operation of a `multi`, and of each result. */
function writeHeader(writer: JuteWriter, header: { type: number; done: boolean; error: number }): void {
  writer.int(header.type).boolean(header.done).int(header.error);
}

/**
 * Several operations, all or none. When one fails, those before it are told 0 and those behind it that they were not looked
 * at; the reply as a whole is none of an error (seen of ZooKeeper 3.8).
 */
export function runMulti(
  reader: JuteReader,
  { tree, run }: { tree: Tree; run: (operation: number) => Outcome },
): Outcome {
  const types: number[] = [];
  const outcomes: Outcome[] = [];
  let failure: Refusal | null = null;
  try {
    tree.inOneTransaction(() => {
      for (;;) {
        const type = reader.int();
        const isEnd = reader.boolean();
        reader.int(); // a place for an error
        if (isEnd) break;
        types.push(type);
        try {
          if (!allowed.includes(type)) throw new Refusal(errors.unimplemented, 'multi');
          const outcome = run(type);
          if (failure === null) outcomes.push(outcome);
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          // What is behind it is still read, to be counted; it is undone with the rest.
          failure ??= error;
        }
      }
      if (failure !== null) throw failure;
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code } = error;
    const codes = types.map((_type, index) => {
      if (index < outcomes.length) return errors.ok;
      return index === outcomes.length ? code : errors.runtimeInconsistency;
    });
    return { body: (writer) => writeErrors(writer, codes) };
  }
  return {
    changes: outcomes.flatMap(({ changes = [] }) => changes),
    body: (writer) => {
      for (const [index, outcome] of outcomes.entries()) {
        writeHeader(writer, { type: types[index] ?? errorType, done: false, error: errors.ok });
        outcome.body?.(writer);
      }
      writeHeader(writer, { type: errorType, done: true, error: errorType });
    },
  };
}

function writeErrors(writer: JuteWriter, codes: readonly number[]): void {
  for (const error of codes) {
    writeHeader(writer, { type: errorType, done: false, error });
    writer.int(error);
  }
  writeHeader(writer, { type: errorType, done: true, error: errorType });
}
