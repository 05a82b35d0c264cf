/** All of what is handed out one by one; for what is short. */
export function wholeList<T>(elements: AsyncIterable<T>): Promise<T[]> {
  return Array.fromAsync(elements);
}

/** A short list, handed out one by one as a long one is. */
export async function* oneByOne<T>(elements: readonly T[]): AsyncGenerator<T> {
  yield* await Promise.resolve(elements);
}
