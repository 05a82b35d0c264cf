/**
 * Files in the thread, and whether they arrived. Slack can answer an upload with OK and show the file nowhere (python-slack-sdk
 * issue 1818), so the thread is read some time later: what is not in it is said there, and uploaded once more.
 */
import { AuroraError } from '../aurora/errors.ts';
import { endingOf, readAttachment } from './attachment.ts';
import { message, section } from './blocks.ts';
import { foreign, sentence } from './escape.ts';
import type { Attached } from './messages/replies.ts';
import type { AwaitedFile, Projection } from './projection.ts';
import { addressOf, type PassDeps, put, type Seen } from './put.ts';

/** Slack shows a file up to some seconds after later messages; this long is no delay any more. */
const arriveMs = 20_000;
const triesMax = 2;

/** When a file is to be looked for; `null` when all have arrived. */
export function nextLookAt({ awaited }: Projection): number | null {
  return awaited.length === 0 ? null : Math.min(...awaited.map(({ lookAt }) => lookAt));
}

/** Puts a file into the thread, or says there why it is not. */
export async function putAttached(
  deps: PassDeps,
  projection: Projection,
  file: Attached,
  seen: Seen & { readonly tries?: number },
): Promise<void> {
  const { state, card, tries = 1 } = seen;
  const address = { ...addressOf(projection, file.name, { state, threadTs: card }), threadTs: card };
  const instead = async (why: string): Promise<void> => {
    await put(deps, projection, address, message([section(`*The full list is not attached:* ${why}`)]));
  };
  const text = await readAttachment(deps, projection.restoreId, file);
  if (text instanceof AuroraError) return await instead(`${sentence(text.message)} ${sentence(text.hint)}`);
  const name = `${projection.restoreId}-${file.name}-${file.document}-${projection.journalName}.${endingOf(file)}`;
  const taken = await deps.poster.putFile(address, { name, title: file.title, text });
  if (taken.kind === 'refused') await instead('Slack does not take files here. It is kept with the record.');
  if (taken.kind !== 'uploaded') return;
  const { fileId } = taken;
  const lookAt = deps.clock.now() + arriveMs;
  projection.awaited = [...projection.awaited, { file, fileId, threadTs: card, lookAt, tries }];
}

/** Looks in the thread for the files that should be there by now. */
export async function lookForFiles(deps: PassDeps, projection: Projection, seen: Seen): Promise<void> {
  const now = deps.clock.now();
  const due = projection.awaited.filter(({ lookAt }) => lookAt <= now);
  for (const threadTs of new Set(due.map((each) => each.threadTs))) {
    const thread = await deps.reader.readThread(seen.state.proposal.channel, threadTs);
    const there = new Set([...thread.values()].flatMap(({ files = [] }) => files.map(({ id }) => id)));
    for (const each of due.filter((one) => one.threadTs === threadTs)) {
      if (!there.has(each.fileId)) await sayMissing(deps, projection, each, seen);
      projection.awaited = projection.awaited.filter((one) => one !== each);
    }
  }
}

async function sayMissing(
  deps: PassDeps,
  projection: Projection,
  { file, tries, fileId }: AwaitedFile,
  seen: Seen,
): Promise<void> {
  deps.log(
    'warn',
    { restoreId: projection.restoreId, fileId, tries },
    'Slack took a file and does not show it',
  );
  const isLast = tries >= triesMax;
  const name = `${file.name}.missing${isLast ? '-again' : ''}`;
  const then = isLast
    ? 'It is kept with the record; whoever runs the bot can export it.'
    : 'It is uploaded again.';
  const address = addressOf(projection, name, { state: seen.state, threadTs: seen.card });
  const what = `*A file did not appear in this thread:* ${foreign(file.title, 150)}. Slack took it and does not show it.`;
  await put(deps, projection, address, message([section(`${what} ${then}`)]));
  if (isLast) return;
  deps.poster.doubt();
  const again = { ...file, name: `${file.name}.again` };
  await putAttached(deps, projection, again, { ...seen, tries: tries + 1 });
}
