/** What several have, with those that have it. */
export function twice<T>(
  all: readonly T[],
  of: (one: T) => string,
): readonly (readonly [string, readonly T[]])[] {
  return [...Map.groupBy(all, of)].filter(([, having]) => having.length > 1);
}
