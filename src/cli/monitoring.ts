/** How a program tells a monitoring system what it found: the exit status that Nagios and its kin read, the worst one of several. */
export const exitOf = { ok: 0, warning: 1, critical: 2, unknown: 3 } as const;

export type Status = keyof typeof exitOf;

const byWeight: readonly Status[] = ['ok', 'warning', 'unknown', 'critical'];

export function worstOf(statuses: readonly Status[]): Status {
  return byWeight.findLast((status) => statuses.includes(status)) ?? 'ok';
}

/** A shell's word for what was ended by Ctrl-C. */
export const exitInterrupted = 130;
