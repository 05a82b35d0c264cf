/** The releases in which something exists. Minor numbers of `0.x`, both inclusive; absent means "since ever" or "to this day". */
export interface Lifetime {
  readonly from?: number;
  readonly to?: number;
}

export function livesIn({ from = 0, to = Infinity }: Lifetime, minor: number): boolean {
  return from <= minor && minor <= to;
}

/** `0.14 to 0.18`, `0.12 or earlier`, `0.16 or later`, as it stands in a sentence. */
export function lifetimeText({ from, to }: Lifetime): string {
  if (from === undefined) return to === undefined ? 'every release' : `0.${to} or earlier`;
  if (to === undefined) return `0.${from} or later`;
  return from === to ? `0.${from}` : `0.${from} to 0.${to}`;
}
