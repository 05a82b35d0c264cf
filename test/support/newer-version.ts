import { openSqliteStore } from '../../src/store/store.ts';

/** Appends, as the version to come will, an event that today's does not know. */
export async function appendUnknown(
  path: string,
  at: { restoreId: string; afterSeq: number; at: number },
): Promise<void> {
  const form = { version: 1, parse: (stored: unknown) => stored as { type: string } };
  const store = await openSqliteStore(path, form);
  const { afterSeq: expectedSeq, ...entry } = at;
  await store.append({ ...entry, expectedSeq, events: [{ type: 'moon-seen' }] });
  await store.close();
}
