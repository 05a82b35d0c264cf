/** What holds now, by one look and what was remembered before it. Pure. */
import type { Finding, View } from './alarm.ts';
import { alarmKinds } from './alarms/table.ts';
import { readBackups } from './backups.ts';

export interface Verdict {
  readonly found: readonly (Finding & { readonly kind: string; readonly holdMs: number })[];
  /** Of an alarm that was not found: whether it could not be told. */
  isUnseen(alarm: { readonly kind: string; readonly subject: string }): boolean;
}

/** `history` is that of after the look (`remember`). */
export function judge(about: Omit<View, 'backups'>): Verdict {
  const view = { ...about, backups: readBackups(about.observation, about.history) };
  const judged = new Map(alarmKinds.map((each) => [each.kind, { each, ...each.judge(view) }] as const));
  return {
    found: [...judged.values()].flatMap(({ each, findings }) =>
      findings.map((finding) => ({ ...finding, kind: each.kind, holdMs: each.holdMs(view.policy) })),
    ),
    // A kind of another version of the bot cannot be judged by this one: it is over.
    isUnseen: ({ kind, subject }) => judged.get(kind)?.isUnseen(subject) ?? false,
  };
}
