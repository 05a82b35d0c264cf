/**
 * A copy of a bot's database beside the bot that writes it. Written under another name and checked before it gets its own, so that
 * nobody ever finds half a copy; nothing that is there is overwritten.
 */
import { existsSync } from 'node:fs';
import { link, open, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { JournalBroken, JournalUnreadable } from '../aurora/journal.ts';
import { aboutPath, explainSystemError } from '../aurora/system-errors.ts';
import type { JournalKey } from './journal-key.ts';
import { openSqliteReader } from './store.ts';

interface Copied {
  readonly restores: number;
  readonly events: number;
  /** Restores that are not as they were written, in the database as well: a sentence each. */
  readonly broken: readonly string[];
}

/**
 * Of one instant, in one file of mode 0600, with the mark beside it that says it is keyed. AuroraError `copy-exists`, `copy-damaged`, those of
 * the system, and those of the reader.
 */
export async function copySqliteStore(from: string, to: string, key: JournalKey): Promise<Copied> {
  const unfinished = `${to}.unfinished`;
  for (const path of [to, `${to}.keyed`]) if (existsSync(path)) throw exists(path);
  await create(unfinished, '');
  try {
    copyInto(from, unfinished);
    const copied = await verify(unfinished, key);
    await sync(unfinished);
    const mark = await readFile(`${from}.keyed`, 'utf8').catch(() => null);
    if (mark !== null) await create(`${to}.keyed`, mark);
    // Unlike a rename, a link fails where a name is taken.
    await link(unfinished, to).catch((error: unknown) => {
      throw isExists(error) ? exists(to) : error;
    });
    await rm(unfinished);
    await sync(dirname(to));
    return copied;
  } catch (error) {
    await rm(unfinished, { force: true });
    throw explainSystemError(aboutPath(error, to)) ?? error;
  }
}

/** In one reading transaction, whatever is written meanwhile. */
function copyInto(from: string, to: string): void {
  const database = new DatabaseSync(from, { readOnly: true, timeout: 5_000 });
  try {
    database.prepare('VACUUM INTO ?').run(to);
  } finally {
    database.close();
  }
}

async function verify(path: string, key: JournalKey): Promise<Copied> {
  const database = new DatabaseSync(path, { readOnly: true });
  const rows = database.prepare('PRAGMA integrity_check(1)').all();
  database.close();
  const said = String(rows[0]?.['integrity_check']);
  if (said !== 'ok') {
    throw new AuroraError({
      code: 'copy-damaged',
      message: `The copy is damaged, and was removed: ${said}.`,
      hint: 'Look at both disks ("dmesg"), and keep every copy of before.',
    });
  }
  const reader = await openSqliteReader(path, { form: { version: 1, parse: (stored) => stored }, key });
  try {
    const restores = await reader.listRestores({});
    const broken: string[] = [];
    let events = 0;
    for (const { restoreId } of restores) {
      try {
        events += (await reader.read(restoreId)).length;
      } catch (error) {
        if (error instanceof JournalBroken) broken.push(messageOf(error));
        // An event of a newer version, which is as it was written.
        else if (error instanceof JournalUnreadable) events += error.readable.length;
        else throw error;
      }
    }
    return { restores: restores.length, events, broken };
  } finally {
    await reader.close();
  }
}

async function create(path: string, text: string): Promise<void> {
  await writeFile(path, text, { flag: 'wx', mode: 0o600, flush: true }).catch((error: unknown) => {
    throw isExists(error) ? exists(path) : (explainSystemError(error) ?? error);
  });
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function isExists(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}

function exists(path: string): AuroraError {
  return new AuroraError({
    code: 'copy-exists',
    message: `${path} is there already, and nothing is overwritten.`,
    hint: 'Name a file that does not exist, such as one with the date in its name.',
  });
}
