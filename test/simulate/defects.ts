/** Mistakes that the simulation must find. The product has none of them: each is made at a port, or by whoever stands behind it. */
export const defects = {
  'fence-check-skipped': 'agents do what a worker asks that another one has overtaken',
  'commit-retried': 'a commit without an answer is sent once more',
  'outbox-ahead-of-journal': 'Slack is told of events before they are committed',
  'lease-owner-shared': 'two bots take the lease of a cluster under one name',
} as const;

export type Defect = keyof typeof defects;
