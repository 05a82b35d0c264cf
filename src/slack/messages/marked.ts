import { type Message, message, section } from '../blocks.ts';

/** The answer to whoever marked a message. */
export function renderMarked(restoreId: string): Message {
  return message([section(`Marked. The report of ${restoreId} shows it as important, with your name.`)]);
}
