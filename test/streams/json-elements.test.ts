import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readElements } from '../../src/streams/read-elements.ts';
import { wholeList } from '../support/whole-list.ts';

async function* cut(text: string | Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  // The same memory for every chunk: what is kept of one must be a copy.
  const chunk = Buffer.alloc(bytes.length);
  let at = 0;
  for (let nth = 0; at < bytes.length; nth += 1) {
    const size = Math.min(sizes[nth % sizes.length] ?? bytes.length, bytes.length - at);
    bytes.copy(chunk, 0, at, at + size);
    at += size;
    yield await Promise.resolve(chunk.subarray(0, size));
    chunk.fill(0x7b);
  }
}

const inTasks = { wants: (path: readonly string[]) => path.join('.') === 'get_tasks.tasks' };
const read = (text: string | Buffer, sizes: readonly number[] = [3]) =>
  wholeList(readElements(cut(text, sizes), inTasks));

describe('the elements of a list in JSON', () => {
  it('are what a parser of the whole says, wherever the text is cut', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue()),
        fc.dictionary(fc.string(), fc.jsonValue()),
        sizes,
        fc.constantFrom(undefined, 1),
        async (tasks, around, cuts, indent) => {
          // JSON knows no minus zero.
          const whole = JSON.parse(
            JSON.stringify({ ...around, get_tasks: { ...around, tasks, more: [tasks] } }),
          ) as { get_tasks: { tasks: unknown[] } };

          const found = await read(JSON.stringify(whole, null, indent), cuts);

          expect(found.map(({ value }) => value)).toEqual(whole.get_tasks.tasks);
        },
      ),
    );
  });

  it('are told apart by the names of their lists, and the text may be a list itself', async () => {
    const lists = readElements(cut('{"a":[1,2],"b":[],"c":[{"a":[9]}]}', [4]), {
      wants: (path) => path.length === 1,
    });

    expect(await wholeList(lists)).toEqual([
      { path: ['a'], value: 1 },
      { path: ['a'], value: 2 },
      { path: ['c'], value: { a: [9] } },
    ]);
    expect(await wholeList(readElements(cut('["x", "]"]', [1]), { wants: () => true }))).toEqual([
      { path: [], value: 'x' },
      { path: [], value: ']' },
    ]);
  });

  it.each([
    ['nothing', '', 'it ends in the middle'],
    ['an end in an element', '{"get_tasks":{"tasks":[{"a":1', 'it ends in the middle'],
    ['an end between elements', '{"get_tasks":{"tasks":[{"a":1},', 'it ends in the middle'],
    ['an end in a name', '{"get_ta', 'it ends in the middle'],
    ['something behind the end', '{"get_tasks":{}}x', 'something follows its end'],
    ['no list or object', '7', 'it is neither a list nor an object'],
    ['a text', '"get_tasks"', 'it is neither a list nor an object'],
    ['brackets that do not match', '{"get_tasks":{"tasks":[]]', 'its brackets do not match'],
    ['an element that is none', '{"get_tasks":{"tasks":[{"a":}]}}', 'is not valid JSON'],
    ['brackets that do not match in an element', '{"get_tasks":{"tasks":[{"a":[}]]}}', 'not valid JSON'],
    ['a nest without end', '['.repeat(100_000), 'it nests deeper than 64'],
  ])('%s is an error that says what is wrong', async (_what, text, says) => {
    await expect(read(text)).rejects.toThrow(says);
    await expect(read(text)).rejects.toThrow(SyntaxError);
  });

  it.each([
    ['an element', '{"get_tasks":{"tasks":["'],
    ['a name', '{"'],
  ])('%s without an end is not kept without end', async (_what, start) => {
    let given = 0;
    const endless = async function* (): AsyncGenerator<Buffer> {
      yield await Promise.resolve(Buffer.from(start));
      for (; given < 1_000; given += 1) yield Buffer.alloc(64 * 1024, 'a');
    };

    await expect(wholeList(readElements(endless(), inTasks))).rejects.toThrow('takes more than');

    expect(given).toBeLessThan(100);
  });
});
