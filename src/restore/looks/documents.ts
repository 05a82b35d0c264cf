/** What is kept beside a journal, and read back in its own form. */
import { AuroraError, messageOf } from '../../aurora/errors.ts';
import type { Documents } from '../../aurora/journal.ts';
import { readStored, type StoredForm } from '../../aurora/stored-form.ts';

/** Whose documents they are: what of a step's context is needed for them. */
export interface Beside {
  readonly restoreId: string;
  readonly deps: { readonly documents: Documents };
}

/** Which document of which restore, and the form that it is in. */
interface Named<T> {
  readonly restoreId: string;
  readonly name: string;
  readonly form: StoredForm<T>;
}

/** Inserts or replaces. */
export async function keepDocument<T>(
  documents: Pick<Documents, 'save'>,
  { form, value, ...named }: Named<T> & { readonly value: T },
): Promise<{ sha256: string }> {
  const text = JSON.stringify(value);
  return await documents.save({ ...named, text, version: form.version });
}

/** `null` when there is none; AuroraError `document-unreadable`. */
export async function findDocument<T>(
  documents: Pick<Documents, 'load'>,
  { restoreId, name, form }: Named<T>,
): Promise<T | null> {
  const kept = await documents.load(restoreId, name);
  if (kept === null) return null;
  try {
    return readStored(form, kept);
  } catch (error) {
    throw unreadableDocument({ restoreId, name }, messageOf(error));
  }
}

/** `why` ends a sentence. */
export function unreadableDocument(
  { restoreId, name }: { restoreId: string; name: string },
  why: string,
): AuroraError {
  return new AuroraError({
    code: 'document-unreadable',
    message: `The document "${name}" of ${restoreId} cannot be read: ${why}.`,
    hint: 'Start the version that wrote it, or put the database back from its copy; then look again.',
  });
}

/** An event names it, and it is not there. */
export function goneDocument({ restoreId, name }: { restoreId: string; name: string }): AuroraError {
  return new AuroraError({
    code: 'document-gone',
    message: `The document "${name}" of ${restoreId} is gone.`,
    hint: 'Something else has written to the database. Put it back from its copy; then look again.',
  });
}
