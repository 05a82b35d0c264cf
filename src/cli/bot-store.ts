/** The database of a bot, as its configuration names it, with the key that only its configuration leads to. */
import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import type { StoredForm } from '../aurora/stored-form.ts';
import { eventForm, type RestoreEvent } from '../restore/record/events.ts';
import { type JournalKey, journalKeyFrom } from '../store/journal-key.ts';
import { openSqliteReader, openSqliteStore, type Store, type StoreReader } from '../store/store.ts';
import type { BotConfig } from './config.ts';

type Where = Pick<BotConfig, 'state' | 'grantKey'>;

/** For the one bot that writes to it. */
export async function openBotStore(
  config: Where & Partial<Pick<BotConfig, 'backups'>>,
): Promise<Store<RestoreEvent>> {
  return await openSqliteStore(databaseOf(config), {
    form: eventForm,
    key: await readJournalKey(config),
    ...(config.backups !== undefined && { keepHistoryMs: config.backups.keepHistoryMs }),
  });
}

/** For a look at it, whether the bot runs or not. */
export async function openBotReader<E>(config: Where, form: StoredForm<E>): Promise<StoreReader<E>> {
  return await openSqliteReader(databaseOf(config), { form, key: await readJournalKey(config) });
}

export function databaseOf({ state }: Where): string {
  return join(state, 'bot.sqlite');
}

/** Made of the grant key, whatever form its PEM has. AuroraError as `readGrantKey` throws, and `config-invalid`. */
export async function readJournalKey({ grantKey }: Pick<Where, 'grantKey'>): Promise<JournalKey> {
  const pem = await readGrantKey(grantKey);
  try {
    const { d } = createPrivateKey(pem).export({ format: 'jwk' });
    if (d !== undefined) return journalKeyFrom(Buffer.from(d, 'base64url'));
  } catch {
    // The same sentence for every defect; a private key's bytes do not belong into a message.
  }
  throw new AuroraError({
    code: 'config-invalid',
    message: `${grantKey} is not an Ed25519 private key in PEM.`,
    hint: 'docs/configuration.md shows how to make one; agents must know its public half.',
  });
}

/** The PEM text. AuroraError `grant-key-missing`. */
export async function readGrantKey(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new AuroraError({
      code: 'grant-key-missing',
      message: `The key that signs grants cannot be read: ${messageOf(cause)}`,
      hint: 'docs/configuration.md shows how to make one; agents must know its public half.',
      cause,
    });
  }
}
