/** One restore a cluster: whoever wants another one is led to the one there is. */
import { type Message, message, section } from '../blocks.ts';
import { code } from '../escape.ts';

export interface Busy {
  readonly cluster: string;
  readonly restoreId: string;
  /** To its thread; `null` when it is not known. */
  readonly link: string | null;
}

export function renderBusy(busy: Busy): Message {
  return message([section(`*${busyText(busy)}*`)]);
}

/** A sentence in mrkdwn. */
export function busyText({ cluster, restoreId, link }: Busy): string {
  const name = link === null ? restoreId : `<${link}|${restoreId}>`;
  return `${code(cluster)} has a restore in progress, ${name}: decide in its thread, and propose another one when it has ended.`;
}
