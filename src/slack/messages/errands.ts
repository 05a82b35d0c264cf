/** Keeping a backup, letting it go, and writing one now: what is asked, and what came of it. */
import type { InventoryItem } from '../../backups/inventory.ts';
import { actionIds } from '../action-ids.ts';
import { actions, button, type Message, message, section } from '../blocks.ts';
import { code, foreign, mention, quote } from '../escape.ts';
import { count, dayAndTime, shortDurationText } from '../time.ts';
import { ageText } from './backup-age.ts';

interface About {
  readonly cluster: string;
  readonly host: string;
  readonly userId: string;
  readonly why: string;
}

export function renderHeld(
  view: About & { item: Pick<InventoryItem, 'sha256' | 'contentAtMs'>; now: number },
): Message {
  const { cluster, host, userId, why, item, now } = view;
  const { sha256, contentAtMs } = item;
  return message([
    section(
      `*${mention(userId)} holds a backup of ${code(cluster)}* (${ageText(contentAtMs, now)}, ${code(sha256.slice(0, 12))}): ${quote(why)}`,
    ),
    section(
      `A copy is kept on ${foreign(host, 80)}, out of reach of rotation, until an approver releases it: \`/aurora backups release ${sha256.slice(0, 12)} ${foreign(cluster, 60)}\`.`,
    ),
  ]);
}

/** `value`: sealed, what the button does. */
export function renderAsked(view: About & { kind: 'release' | 'now'; what: string; value: string }): Message {
  const { kind, cluster, host, userId, why, what, value } = view;
  const wants =
    kind === 'now'
      ? `wants the leader of ${code(cluster)} to write a backup now`
      : `wants to release a held backup of ${code(cluster)}`;
  return message([
    section(`*${mention(userId)} ${wants}*${why === '' ? '' : `: ${quote(why)}`}`),
    section(`${what} On ${foreign(host, 80)}. Nothing has been done yet.`),
    section('Needs: one approver other than the person asking, within an hour.'),
    ...actions([
      kind === 'now'
        ? button({
            actionId: actionIds.approveBackupNow,
            label: 'Approve: back up now…',
            value,
            style: 'primary',
          })
        : button({
            actionId: actionIds.approveRelease,
            label: 'Approve: release it…',
            value,
            style: 'primary',
          }),
    ]),
  ]);
}

export function renderReleased(
  view: About & { approverId: string; sha256: string; changed: boolean },
): Message {
  const { cluster, host, userId, approverId, sha256, changed } = view;
  return message([
    section(
      changed
        ? `*${mention(approverId)} released the held backup ${code(sha256.slice(0, 12))} of ${code(cluster)}*, as ${mention(userId)} asked. It was set aside on ${foreign(host, 80)}, in \`released\` of the agent's state, until somebody removes it there.`
        : `*Nothing was held*: ${code(sha256.slice(0, 12))} of ${code(cluster)} on ${foreign(host, 80)} was released before.`,
    ),
  ]);
}

export function renderBackedUp(
  view: About & {
    approverId: string;
    found: { name: string; sha256: string; tasks: number; atMs: number | null; ms: number };
  },
): Message {
  const { cluster, host, userId, approverId, found } = view;
  const of = found.atMs === null ? '' : ` of ${dayAndTime(found.atMs)}`;
  return message([
    section(
      `*${code(cluster)} has a new backup${of}: ${count(found.tasks, 'task')}, decoded to its end.* ${code(found.name)} on ${foreign(host, 80)}, ${code(found.sha256.slice(0, 12))}, after ${shortDurationText(found.ms)}.`,
    ),
    section(
      `Asked for by ${mention(userId)}, approved by ${mention(approverId)}. The oldest one may have been rotated away.`,
    ),
  ]);
}
