import { JsonElements, type ListPath, type Wanted } from './json-elements.ts';

interface Element {
  /** The names of the fields around its list. */
  readonly path: ListPath;
  readonly value: unknown;
}

/**
 * The elements of chosen lists of a JSON text, as its bytes arrive. Throws SyntaxError for what is no JSON, or not all of
 * it, and whatever reading the bytes throws: then what came before counts for nothing.
 */
export async function* readElements(bytes: AsyncIterable<Buffer>, wanted: Wanted): AsyncGenerator<Element> {
  const found: Element[] = [];
  const reader = new JsonElements({ ...wanted, onElement: (value, path) => found.push({ path, value }) });
  for await (const chunk of bytes) {
    reader.push(chunk);
    for (const element of found.splice(0)) yield element;
  }
  reader.finish();
}
