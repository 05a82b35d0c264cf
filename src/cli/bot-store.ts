/** The database of a bot, as its configuration names it, with the key that only its configuration leads to. */
import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import type { StoredForm } from '../aurora/stored-form.ts';
import { eventForm, type RestoreEvent } from '../restore/record/events.ts';
import { type JournalKey, journalKeyFrom } from '../store/journal-key.ts';
import {
  openSqliteReader,
  openSqliteStore,
  rekeySqliteStore,
  type Store,
  type StoreReader,
} from '../store/store.ts';
import type { BotConfig } from './config.ts';
import { readPlace } from './store-config.ts';

type Where = Pick<BotConfig, 'state' | 'grantKey'> & Partial<Pick<BotConfig, 'store'>>;

/** For a bot that writes to it; PostgreSQL's driver is loaded where it is used. `alone`: while no bot runs on it, which a file makes sure of by itself. */
export async function openBotStore(
  config: Where & Partial<Pick<BotConfig, 'backups'>>,
  { alone = false } = {},
): Promise<Store<RestoreEvent>> {
  const opening = {
    form: eventForm,
    key: await readJournalKey(config),
    ...(config.backups !== undefined && { keepHistoryMs: config.backups.keepHistoryMs }),
  };
  if (config.store == null) return await openSqliteStore(databaseOf(config), opening);
  const place = await readPlace(config.store, process.env);
  const { openPostgresStore } = await import('../store/postgres-store.ts');
  return await openPostgresStore(place, { ...opening, alone });
}

/** For a look at it, whether the bot runs or not. */
export async function openBotReader<E>(config: Where, form: StoredForm<E>): Promise<StoreReader<E>> {
  const opening = { form, key: await readJournalKey(config) };
  if (config.store == null) return await openSqliteReader(databaseOf(config), opening);
  const place = await readPlace(config.store, process.env);
  const { openPostgresReader } = await import('../store/postgres-store.ts');
  return await openPostgresReader(place, opening);
}

/** From the key of `grantKey` to that of the configuration, while no bot runs; answers what was keyed, for a message. */
export async function rekeyBotStore(config: Where, grantKey: string): Promise<string> {
  const keys = { from: await readJournalKey({ grantKey }), to: await readJournalKey(config) };
  if (config.store == null) {
    await rekeySqliteStore(databaseOf(config), keys);
    return databaseOf(config);
  }
  const { store } = config;
  const place = await readPlace(store, process.env);
  const { rekeyPostgresStore } = await import('../store/postgres-store.ts');
  await rekeyPostgresStore(place, keys);
  return `the database ${store.database} on ${store.host}`;
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
