import type { z } from 'zod';

/** In which form something is kept, and how that is read back. */
export interface StoredForm<T> {
  /** Kept beside what is stored, and raised when it means something else from then on: an older program refuses it. */
  readonly version: number;
  /** Answers what was stored just as it was, or throws an Error that says in a clause what is wrong with it. */
  parse(stored: unknown): T;
}

/** What every version up to this one has written is in the schema, which neither defaults nor changes anything. */
export function storedForm<T>(version: number, schema: z.ZodType<T>): StoredForm<T> {
  return {
    version,
    parse: (stored) => {
      const parsed = schema.safeParse(stored);
      if (parsed.success) return stored as T;
      throw new Error(faultOf(parsed.error, stored));
    },
  };
}

/** Reads JSON text that was kept in that version; throws as `StoredForm.parse` does. */
export function readStored<T>(form: StoredForm<T>, kept: { text: string; version: number }): T {
  if (kept.version > form.version) throw new Error('it was written by a newer version of this program');
  let stored: unknown;
  try {
    stored = JSON.parse(kept.text);
  } catch {
    throw new Error('it is not JSON');
  }
  return form.parse(stored);
}

/** The first thing that is wrong, bounded: what is quoted may be anything. */
function faultOf({ issues }: z.ZodError, stored: unknown): string {
  const [issue] = issues;
  if (issue === undefined) return 'it has another form';
  const where = issue.path.length === 0 ? 'it' : `its ${issue.path.map(String).join('.')}`;
  if (issue.code === 'invalid_union' && issue.errors.length === 0) {
    const value = issue.path.reduce<unknown>(fieldOf, stored);
    return `${where} is ${quoted(value)}, which this version does not know`;
  }
  if (issue.code === 'unrecognized_keys')
    return `${where} has ${issue.keys.slice(0, 3).map(quoted).join(', ')}, which this version does not know`;
  return `${where} has another form: ${issue.message.slice(0, 200)}`;
}

function fieldOf(value: unknown, key: PropertyKey): unknown {
  return value !== null && typeof value === 'object'
    ? (value as Record<PropertyKey, unknown>)[key]
    : undefined;
}

function quoted(value: unknown): string {
  return (JSON.stringify(value) ?? 'missing').slice(0, 60);
}
