/** What only a database with several bots on it has: they wake each other, wait for each other, and live through its restarts. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { eventForm, type RestoreEvent } from '../../src/restore/record/events.ts';
import { journalKeyFrom } from '../../src/store/journal-key.ts';
import type { PostgresPlace } from '../../src/store/postgres-dialect.ts';
import { openPostgresReader, openPostgresStore, rekeyPostgresStore } from '../../src/store/postgres-store.ts';
import { codeOf } from '../contracts/support.ts';
import { proposed, stopGate } from '../restore/support/story.ts';
import { testKey } from '../support/journal-key.ts';
import { startRealPostgres } from '../support/postgres.ts';
import { closeSharedPostgres, newPostgresPlace, placeOf, sharedPostgres } from '../support/postgres-place.ts';

const ends: (() => Promise<unknown>)[] = [];
afterAll(closeSharedPostgres);
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const other = journalKeyFrom(Buffer.alloc(32, 9));
const day = 86_400_000;

async function openBot(place: PostgresPlace, key = testKey) {
  const store = await openPostgresStore(place, { form: eventForm, key });
  ends.push(() => store.close());
  return store;
}
const first = { restoreId: 'R1', cluster: 'east', at: 1, event: proposed() };
const gate = (expectedSeq: number): Parameters<Awaited<ReturnType<typeof openBot>>['append']>[0] => ({
  restoreId: 'R1',
  expectedSeq,
  at: 2,
  events: [stopGate()],
});

/** The next thing of its kind that a bot hears of others. */
function heard<T>(follow: (listener: (...told: T[]) => void) => () => void, isIt: (...told: T[]) => boolean) {
  const { promise, resolve } = Promise.withResolvers<T[]>();
  const stop = follow((...told) => {
    if (!isIt(...told)) return;
    stop();
    resolve(told);
  });
  return promise;
}

describe('bots on one database', () => {
  it('that start at once share one identity, each with a start of its own', async () => {
    const { place } = await newPostgresPlace();

    const bots = await Promise.all(Array.from({ length: 4 }, async () => await openBot(place)));

    expect(new Set(bots.map(({ identity }) => identity.epoch)).size).toBe(1);
    expect(new Set(bots.map(({ identity }) => identity.incarnation)).size).toBe(4);
    const [one, two] = bots;
    expect(await one?.identity.hasBeen(two?.identity.incarnation ?? '')).toBe(true);
  });

  it('add to one journal without a gap, and each reads what the others wrote', async () => {
    const { place } = await newPostgresPlace();
    const bots = [await openBot(place), await openBot(place), await openBot(place)];
    await bots[0]?.open(first);
    const write = async (bot: (typeof bots)[number]) => {
      for (let written = 0; written < 10; ) {
        const { length } = await bot.read('R1');
        if ((await codeOf(bot.append(gate(length)))) === 'accepted') written += 1;
      }
    };

    await Promise.all(bots.map(write));

    for (const bot of bots)
      expect((await bot.read('R1')).map(({ seq }) => seq)).toEqual(
        Array.from({ length: 31 }, (_, index) => index + 1),
      );
  });

  it('open one restore a cluster, and never give a name twice', async () => {
    const { place } = await newPostgresPlace();
    const bots = [await openBot(place), await openBot(place)];

    const opened = await Promise.all(
      bots.map(async (bot, index) => await codeOf(bot.open({ ...first, restoreId: `R${index + 1}` }))),
    );
    const names = await Promise.all([...bots, ...bots].map(async (bot) => await bot.nextRestoreId()));

    expect(opened.sort()).toEqual(['accepted', 'cluster-busy']);
    expect(new Set(names).size).toBe(4);
  });

  it('wake each other, and not themselves; what a step waits for is told with proof of who says it', async () => {
    const { place, ask } = await newPostgresPlace();
    const [one, two] = [await openBot(place), await openBot(place)];
    if (one.others === null || two.others === null) throw new Error('there are others');
    await heard(two.others.onAppended, (restoreId) => restoreId === null);
    const own: (string | null)[] = [];
    one.others.onAppended((restoreId) => own.push(restoreId));
    const said: [string, string | null][] = [];
    two.others.onProgress((...told) => said.push(told));

    const told = heard(two.others.onAppended, (restoreId) => restoreId !== null);
    await one.open(first);
    expect(await told).toEqual(['R1']);
    const forged = { by: 'x', restoreId: 'R1', progress: { text: 'Commit now!', mac: 'ab' } };
    await ask(`SELECT pg_notify('aurora_chatops', '${JSON.stringify(forged)}')`);
    await ask(`SELECT pg_notify('aurora_chatops', 'no JSON')`);
    const waiting = heard(two.others.onProgress, (_restoreId, text) => text === 'Waiting.');
    one.others.tellProgress('R1', 'Waiting.');
    await waiting;

    expect(said).toEqual([['R1', 'Waiting.']]);
    expect(own.filter((restoreId) => restoreId !== null)).toEqual([]);
  });

  it('go on after the server was killed, and look at everything again', async () => {
    const postgres = await startRealPostgres();
    ends.push(() => postgres.close());
    const bot = await openBot(placeOf(await postgres.newDatabase(), postgres));
    if (bot.others === null) throw new Error('there may be others');
    await heard(bot.others.onAppended, (restoreId) => restoreId === null);
    await bot.open(first);

    await postgres.kill();
    expect(await codeOf(bot.append(gate(1)))).toBe('database-away');
    await postgres.start();
    await bot.append(gate(1));
    await heard(bot.others.onAppended, (restoreId) => restoreId === null);

    expect(await bot.read('R1')).toHaveLength(2);
  });
});

describe('what is kept there', () => {
  it('is not believed when somebody else has changed it', async () => {
    const { place, ask } = await newPostgresPlace();
    const bot = await openBot(place);
    await bot.open(first);
    await bot.append(gate(1));

    await ask(`UPDATE events SET at = 7 WHERE seq = 2`);

    expect(await codeOf(bot.read('R1'))).toBe('journal-broken');
  });

  it('comes back as it was: long texts, backups that were seen, what watches keep; old texts go', async () => {
    const { place } = await newPostgresPlace();
    const bot = await openBot(place);
    const text = JSON.stringify(Array.from({ length: 4_000 }, (_, index) => `task \\ 'ä' ${index * 7_919}`));
    const ended: RestoreEvent = { type: 'restore-ended', outcome: 'undone', message: 'All is back.' };
    const backup = {
      sha256: 'ab'.repeat(32),
      contentAtMs: null,
      bytes: 2 ** 40,
      tasks: 9,
      jobs: 3,
      verdict: 'ok' as const,
      frameworkId: 'F\0 1',
      copies: [{ host: 'aurora-1', name: 'a' }],
    };
    await bot.open(first);
    await bot.save({ restoreId: 'R1', name: 'list', text, version: 1 });
    await bot.save({ restoreId: 'R1', name: 'short', text: '\\x00', version: 1 });
    await bot.noteSeen('east', { atMs: 2 * day, backups: [backup] });
    await bot.noteSeen('east', { atMs: 1 * day, backups: [backup] });
    await bot.saveWatch({ cluster: 'east', text: '{}', version: 1 });

    expect(await bot.load('R1', 'list')).toEqual({ text, version: 1 });
    expect(await bot.load('R1', 'short')).toEqual({ text: '\\x00', version: 1 });
    expect(await bot.listSeen('east', { fromMs: 0, toMs: 9 * day })).toEqual([
      { ...backup, frameworkId: 'F 1', firstSeenMs: 1 * day, lastSeenMs: 2 * day },
    ]);
    expect(await bot.loadWatch('east')).toEqual({ text: '{}', version: 1 });
    await bot.append({ restoreId: 'R1', expectedSeq: 1, at: 2, events: [ended], ends: true });
    expect(await bot.tidy({ now: day, keepDocumentsMs: 1 })).toMatchObject({ documents: 1 });
    expect(await codeOf(bot.load('R1', 'list'))).toBe('document-removed');
    const reader = await openPostgresReader(place, { form: eventForm, key: testKey });
    ends.push(() => reader.close());
    expect((await reader.listRemoved('R1')).map(({ name }) => name)).toEqual(['list']);
  });

  it('goes over to another key while no bot runs, and to a bot with another key it says so', async () => {
    const { place } = await newPostgresPlace();
    const bot = await openPostgresStore(place, { form: eventForm, key: testKey });
    if (bot.others === null) throw new Error('there may be others');
    await heard(bot.others.onAppended, (restoreId) => restoreId === null);
    await bot.open(first);
    const rekey = async () => await codeOf(rekeyPostgresStore(place, { from: testKey, to: other }));

    expect(await codeOf(openBot(place, other))).toBe('journal-other-key');
    expect(await rekey()).toBe('bot-already-runs');
    const alone = openPostgresStore(place, { form: eventForm, key: testKey, alone: true });
    expect(await codeOf(alone)).toBe('bot-already-runs');
    await bot.close();
    expect(await rekey()).toBe('accepted');

    expect(await (await openBot(place, other)).read('R1')).toHaveLength(1);
  });

  it('is refused when restores are in it that no bot has keyed', async () => {
    const { place, ask } = await newPostgresPlace();
    const bot = await openPostgresStore(place, { form: eventForm, key: testKey });
    await bot.open(first);
    await bot.close();

    await ask('DELETE FROM seals');

    expect(await codeOf(openBot(place))).toBe('journal-not-keyed');
  });
});

describe('the way to it', () => {
  it('says in a sentence why there is none', async () => {
    const { password } = await sharedPostgres();
    const { place } = await newPostgresPlace();
    const said = async (changes: Partial<PostgresPlace>) => await codeOf(openBot({ ...place, ...changes }));

    expect(await said({ password: `${password}!` })).toBe('database-refuses');
    expect(await said({ database: 'elsewhere' })).toBe('database-refuses');
    expect(await said({ port: 1 })).toBe('database-away');
    expect(await said({ tls: { verify: true, ca: null } })).toBe('database-untrusted');
  });

  it('is encrypted, to the server that the authority has named and no other', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'aurora-postgres-tls-'));
    const make = async (name: string, address: string) => {
      const [key, cert] = [join(directory, `${name}.key`), join(directory, `${name}.pem`)];
      execFileSync(
        'openssl',
        [
          ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
          ...['-keyout', key, '-out', cert, '-days', '2', '-subj', `/CN=${name}`],
          ...['-addext', `subjectAltName=${address}`],
        ],
        { stdio: ['ignore', 'ignore', 'pipe'] },
      );
      return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
    };
    const [ours, foreign] = [await make('ours', 'IP:127.0.0.1'), await make('foreign', 'DNS:db.example')];
    const postgres = await startRealPostgres({ tls: ours });
    ends.push(() => postgres.close());
    const place = placeOf(await postgres.newDatabase(), postgres);
    const trusting = async (tls: PostgresPlace['tls']) => await codeOf(openBot({ ...place, tls }));

    expect(await trusting({ verify: true, ca: ours.cert })).toBe('accepted');
    expect(await trusting({ verify: false, ca: null })).toBe('accepted');
    expect(await trusting({ verify: true, ca: foreign.cert })).toBe('database-untrusted');
    expect(await trusting({ verify: true, ca: null })).toBe('database-untrusted');
    const misnamed = await startRealPostgres({ tls: foreign });
    ends.push(() => misnamed.close());
    const there = placeOf(await misnamed.newDatabase(), misnamed);
    const asked = openBot({ ...there, tls: { verify: true, ca: foreign.cert } });
    expect(await codeOf(asked)).toBe('database-untrusted');
  });
});
