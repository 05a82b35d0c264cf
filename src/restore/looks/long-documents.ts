/**
 * Lists that belong to a restore, as JSON, however long: written and read piece by piece. A short one is one document, just as
 * it always was; a long one is numbered documents, and one that says how many and what they are together.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { breath } from '../../aurora/breath.ts';
import { messageOf } from '../../aurora/errors.ts';
import type { Documents } from '../../aurora/journal.ts';
import { readStored, type StoredForm, storedForm } from '../../aurora/stored-form.ts';
import { readElements } from '../../streams/read-elements.ts';
import { goneDocument, unreadableDocument } from './documents.ts';

/** UTF-16 units of a piece: some ms to write. */
const pieceChars = 512 * 1024;
/** Read at once: some ms to take apart. */
const readBytes = 64 * 1024;

/** Marks one that says where the others are: higher than any form, so that an older program refuses it. */
const piecesVersion = 1_000;

const piecesForm = storedForm(
  piecesVersion,
  z.object({ pieces: z.number().int().positive(), sha256: z.string(), version: z.number().int() }),
);

interface LongDocument<T> {
  readonly restoreId: string;
  readonly name: string;
  /** Of each element. */
  readonly form: StoredForm<T>;
}

/** The text of a JSON list, some elements at a time. */
export async function* jsonList(values: AsyncIterable<unknown> | Iterable<unknown>): AsyncGenerator<string> {
  let elements: string[] = [];
  let start = '[';
  for await (const value of values) {
    elements.push(JSON.stringify(value));
    if (elements.length < elementsAtOnce) continue;
    yield start + elements.join(',');
    start = ',';
    elements = [];
  }
  yield `${elements.length === 0 && start === ',' ? '' : start}${elements.join(',')}]`;
}

const elementsAtOnce = 200;

/** Inserts or replaces. The sum is of all of it as one text. */
export async function keepLongDocument(
  documents: Pick<Documents, 'save'>,
  kept: { restoreId: string; name: string; version: number; text: AsyncIterable<string> },
): Promise<{ sha256: string }> {
  const { restoreId, name, version } = kept;
  const hash = createHash('sha256');
  let pieces = 0;
  let text = '';
  for await (const part of kept.text) {
    text += part;
    if (text.length < pieceChars) continue;
    pieces += 1;
    hash.update(text);
    await breath();
    await documents.save({ restoreId, name: pieceName(name, pieces), text, version });
    text = '';
    await breath();
  }
  if (pieces === 0) return await documents.save({ restoreId, name, text, version });
  pieces += 1;
  const sha256 = hash.update(text).digest('hex');
  await documents.save({ restoreId, name: pieceName(name, pieces), text, version });
  // Crash here: the pieces are there and nothing names them; whoever runs again replaces them.
  const head = JSON.stringify({ pieces, sha256, version });
  await documents.save({ restoreId, name, text: head, version: piecesVersion });
  return { sha256 };
}

/**
 * The elements of the list, or of the lists with these names in an object, in the order in which they were written. Throws
 * AuroraError `document-gone` or `document-unreadable`: then what came before counts for nothing.
 */
export async function* readLongDocument<T, L extends string>(
  documents: Pick<Documents, 'load'>,
  named: LongDocument<T>,
  lists: readonly L[],
): AsyncGenerator<{ readonly list: L | null; readonly element: T }> {
  const { form } = named;
  const missing = new Set<string>(lists);
  const isRoot = lists.length === 0;
  const wants = (path: readonly string[]): boolean =>
    isRoot ? path.length === 0 : path.length === 1 && lists.some((list) => list === path[0]);
  const sees = (path: readonly string[]): void => {
    if (path.length === 1) missing.delete(path[0] ?? '');
  };
  let read = 0;
  try {
    for await (const { path, value } of readElements(bytesOf(documents, named), { wants, sees })) {
      const [list = null] = path;
      yield { list: list as L | null, element: elementOf(form, { value, list, at: read }) };
      read += 1;
    }
    const [absent] = missing;
    if (absent !== undefined) throw new SyntaxError(`it has no list ${absent}`);
  } catch (error) {
    throw error instanceof SyntaxError ? unreadableDocument(named, messageOf(error)) : error;
  }
}

function elementOf<T>(
  form: StoredForm<T>,
  { value, list, at }: { value: unknown; list: string | null; at: number },
): T {
  try {
    return form.parse(value);
  } catch (error) {
    throw new SyntaxError(`element ${at + 1}${list === null ? '' : `, of ${list}`}: ${messageOf(error)}`);
  }
}

async function* bytesOf(
  documents: Pick<Documents, 'load'>,
  named: LongDocument<unknown>,
): AsyncGenerator<Buffer> {
  const { restoreId, name, form } = named;
  const head = await documents.load(restoreId, name);
  if (head === null) throw goneDocument(named);
  if (head.version !== piecesVersion) {
    assertKnown(form, head.version);
    yield* slices(head.text);
    return;
  }
  const { pieces, sha256, version } = readHead(head);
  assertKnown(form, version);
  const hash = createHash('sha256');
  for (let piece = 1; piece <= pieces; piece += 1) {
    const kept = await documents.load(restoreId, pieceName(name, piece));
    if (kept === null) throw goneDocument(named);
    await breath();
    hash.update(kept.text);
    yield* slices(kept.text);
  }
  if (hash.digest('hex') !== sha256)
    throw new SyntaxError('its pieces are not those that were kept together');
}

function readHead(head: {
  text: string;
  version: number;
}): z.infer<z.ZodType<ReturnType<typeof piecesForm.parse>>> {
  try {
    return readStored(piecesForm, head);
  } catch (error) {
    throw new SyntaxError(messageOf(error));
  }
}

function assertKnown({ version }: StoredForm<unknown>, kept: number): void {
  if (kept > version) throw new SyntaxError('it was written by a newer version of this program');
}

async function* slices(text: string): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += readBytes) {
    await breath();
    yield bytes.subarray(at, at + readBytes);
  }
}

function pieceName(name: string, piece: number): string {
  return `${name}/${piece}`;
}
