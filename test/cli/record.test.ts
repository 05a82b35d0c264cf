import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Readable } from 'node:stream';
import { Command } from 'commander';
import { describe, expect, it, vi } from 'vitest';
import { openAuditLog } from '../../src/agent/audit-log.ts';
import { generateGrantKeys } from '../../src/agent/grant-signer.ts';
import type { AuroraError } from '../../src/aurora/errors.ts';
import { openBotStore, readJournalKey } from '../../src/cli/bot-store.ts';
import { registerRecord } from '../../src/cli/record.ts';
import { verifyRecord } from '../../src/cli/verify-record.ts';
import { chainHash } from '../../src/store/chain-hash.ts';
import type { JournalKey } from '../../src/store/journal-key.ts';
import { newDatabase } from '../contracts/support.ts';
import { bo, proposed, stopGate } from '../restore/support/story.ts';
import { appendUnknown } from '../support/newer-version.ts';

function exported(count: number): string[] {
  let previous = '';
  return Array.from({ length: count }, (_, index) => {
    const record = { restoreId: 'R1', seq: index + 1, at: 1000 + index, event: { type: 'noted', n: index } };
    previous = chainHash(previous, record);
    return JSON.stringify({ ...record, hash: previous });
  });
}

const verify = (lines: readonly string[]) => verifyRecord(Readable.from([lines.join('\n')]));

describe('verifyRecord()', () => {
  it('answers the record hash of a whole record', async () => {
    const lines = exported(5);

    const verdict = await verify(lines);

    expect(verdict).toMatchObject({ restoreId: 'R1', events: 5 });
    expect(lines[4]).toContain(verdict.recordHash);
  });

  it.each([
    ['an edited event', (lines: string[]) => lines.map((line) => line.replace('"n":2', '"n":3')), 'Line 3'],
    ['a missing event', (lines: string[]) => lines.filter((_, index) => index !== 1), 'Line 2'],
    [
      'two that changed places',
      (lines: string[]) => [lines[1] ?? '', lines[0] ?? '', ...lines.slice(2)],
      'Line 1',
    ],
    ['a line that is none', (lines: string[]) => [...lines, '{'], 'Line 6'],
    ['an empty file', () => [], 'Line 1'],
  ])('finds %s', async (_what, tamper, sentence) => {
    await expect(verify(tamper(exported(5)))).rejects.toThrow(sentence);
  });
});

interface Bot {
  readonly database: string;
  readonly key: JournalKey;
  /** What `record …` prints, and with what it ends. */
  record(...words: string[]): Promise<{ out: string; err: string; code: number }>;
}

/** A bot with one restore of two events, and its configuration. */
async function botWithRecord(): Promise<Bot> {
  const directory = dirname(await newDatabase());
  const state = join(directory, 'state');
  await mkdir(state);
  const config = join(directory, 'bot.yml');
  await writeFile(config, botConfig);
  const grantKey = join(directory, 'grant.pem');
  await writeFile(grantKey, generateGrantKeys().privateKeyPem);
  const store = await openBotStore({ state, grantKey });
  await store.open({ restoreId: 'R1', cluster: 'east', at: 1, event: proposed() });
  await store.append({ restoreId: 'R1', expectedSeq: 1, at: 2, events: [stopGate()] });
  await store.close();
  return {
    database: join(state, 'bot.sqlite'),
    key: await readJournalKey({ grantKey }),
    record: (...words) => record(...words, '--config', config),
  };
}

async function record(...words: string[]): Promise<{ out: string; err: string; code: number }> {
  const printed = { out: '', err: '' };
  const write = (to: 'out' | 'err') => (text: unknown) => {
    printed[to] += String(text);
    return true;
  };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(write('out')),
    vi.spyOn(process.stderr, 'write').mockImplementation(write('err')),
  ];
  const program = new Command();
  registerRecord(program);
  try {
    await program.parseAsync(['record', ...words], { from: 'user' });
    return { ...printed, code: Number(process.exitCode ?? 0) };
  } catch (error) {
    const { message, hint } = error as AuroraError;
    return { out: printed.out, err: `${printed.err}${message} ${hint}`, code: 1 };
  } finally {
    process.exitCode = 0;
    for (const spy of spies) spy.mockRestore();
  }
}

describe('record export --format', () => {
  it.each([
    ['jsonl', /^\{"restoreId":"R1"/],
    ['md', /^# /],
    ['html', /^<!doctype html>/i],
  ])('%s: is verified as it was printed, and one changed word is found', async (format, start) => {
    const bot = await botWithRecord();

    const { out, err, code } = await bot.record('export', 'R1', '--format', format);
    const file = join(dirname(bot.database), `R1.${format}`);
    await writeFile(file, out);
    const whole = await record('verify', file);
    await writeFile(file, out.replace('east', 'west'));
    const changed = await record('verify', file);

    expect({ err, code }).toEqual({ err: '', code: 0 });
    expect(out).toMatch(start);
    expect(whole).toMatchObject({ err: '', code: 0 });
    expect(changed.code).toBe(1);
  });

  it('refuses a format that it does not write', async () => {
    const { out, code } = await (await botWithRecord()).record('export', 'R1', '--format', 'pdf');

    expect({ out, code }).toEqual({ out: '', code: 1 });
  });

  it.each(['md', 'html'])('%s: prints nothing of a record that it cannot read to its end', async (format) => {
    const bot = await botWithRecord();
    appendUnknown(bot.database, { restoreId: 'R1', afterSeq: 2, at: 3, key: bot.key });

    const { out, err, code } = await bot.record('export', 'R1', '--format', format);

    expect({ out, code }).toEqual({ out: '', code: 1 });
    expect(err).toContain('Event 3 of R1 cannot be read');
  });
});

describe('a record with an event that this version does not know', () => {
  const why = 'Event 3 of R1 cannot be read: its type is "moon-seen", which this version does not know.';

  const unknown = async (): Promise<Bot> => {
    const bot = await botWithRecord();
    appendUnknown(bot.database, { restoreId: 'R1', afterSeq: 2, at: 3, key: bot.key });
    return bot;
  };

  it('is shown up to that event, and says what stands there', async () => {
    const { out, err, code } = await (await unknown()).record('show', 'R1');

    expect(out).toContain('restore-proposed');
    expect(out).toContain('gate-opened');
    expect(err).toContain(why);
    expect(code).toBe(1);
  });

  it('is exported as it is stored, and found whole, with a word about that event', async () => {
    const { out, err, code } = await (await unknown()).record('export', 'R1');
    const verdict = await verify(out.trim().split('\n'));

    expect({ err, code }).toEqual({ err: '', code: 0 });
    expect(verdict).toMatchObject({ events: 3, unreadable: { message: why } });
  });

  it('has no such word when all of it is known', async () => {
    const events = [proposed(), { type: 'pause-ordered', person: bo, reason: 'lunch' }];
    let previous = '';
    const lines = events.map((event, index) => {
      const entry = { restoreId: 'R1', seq: index + 1, at: 1, event };
      previous = chainHash(previous, entry);
      return JSON.stringify({ ...entry, hash: previous });
    });

    expect((await verify(lines)).unreadable).toBeNull();
  });
});

describe('a record that somebody else has written to', () => {
  const forgeries = [
    [
      'an event put in',
      `INSERT INTO events (restore_id, seq, at, body, hash, version) VALUES ('R1', 3, 3, '{"type":"x"}', 'not a hash at all', 1)`,
      3,
    ],
    ['an event changed', `UPDATE events SET at = 9 WHERE seq = 2`, 2],
    ['an event gone', `DELETE FROM events WHERE seq = 1`, 1],
  ] as const;

  it.each(forgeries)('is shown, exported and verified as broken, with 1: %s', async (_what, sql, seq) => {
    const bot = await botWithRecord();
    new DatabaseSync(bot.database).exec(sql);

    for (const words of [['show', 'R1'], ['export', 'R1'], ['verify', 'R1'], ['verify']]) {
      const { out, err, code } = await bot.record(...words);
      expect(err).toContain(`The record of R1 is broken at event ${seq}: `);
      expect(code).toBe(1);
      expect(out).not.toContain('whole');
    }
  });

  it('is whole when nobody has', async () => {
    const { out, err, code } = await (await botWithRecord()).record('verify');

    expect(out).toMatch(/^R1: 2 events, whole; record hash [0-9a-f]{64}/);
    expect({ err, code }).toEqual({ err: '', code: 0 });
  });
});

it('show and verify name the documents that the rule for old ones has removed, with their sha256', async () => {
  const bot = await botWithRecord();
  const state = dirname(bot.database);
  const store = await openBotStore({ state, grantKey: join(dirname(state), 'grant.pem') });
  const text = Array.from({ length: 20_000 }, (_, index) =>
    createHash('md5').update(`${index}`).digest('hex'),
  ).join();
  const { sha256 } = await store.save({ restoreId: 'R1', name: 'preview', text, version: 1 });
  await store.append({
    restoreId: 'R1',
    expectedSeq: 2,
    at: 3,
    events: [{ type: 'restore-ended', outcome: 'undone', message: 'All is back.' }],
    ends: true,
  });
  await store.tidy({ now: Date.UTC(2026, 10, 30), keepDocumentsMs: 1 });
  await store.close();

  expect((await bot.record('show', 'R1')).out).toContain(
    `2026-11-30T00:00:00.000Z  The document "preview" was removed by rule; its sha256 is ${sha256}.`,
  );
  const verified = await bot.record('verify', 'R1');
  expect(verified.code).toBe(0);
  expect(verified.out).toContain(
    `The document "preview" (sha256 ${sha256}) was removed by rule on 2026-11-30.`,
  );
});

describe('a database after the one that was lost, or whose key was', () => {
  it('is keyed with a new grant key, by the old one, and its record is whole then', async () => {
    const bot = await botWithRecord();
    const directory = dirname(dirname(bot.database));
    await rename(join(directory, 'grant.pem'), join(directory, 'old.pem'));
    await writeFile(join(directory, 'grant.pem'), generateGrantKeys().privateKeyPem);
    expect(await bot.record('verify')).toMatchObject({
      err: expect.stringContaining('was keyed with another key than this bot has') as string,
      code: 1,
    });

    expect(await bot.record('rekey', '--from', join(directory, 'old.pem'))).toMatchObject({ code: 0 });

    expect(await bot.record('verify')).toMatchObject({
      out: expect.stringContaining('whole') as string,
      code: 0,
    });
  });

  it('names its restores after those that agents have known', async () => {
    const bot = await botWithRecord();
    const grantKey = join(dirname(dirname(bot.database)), 'grant.pem');

    expect(await bot.record('begin-after', 'R40')).toMatchObject({ code: 0 });
    expect(await bot.record('begin-after', 'R7')).toMatchObject({ code: 0 });
    expect((await bot.record('begin-after', 'now')).err).toContain('is not the name of a restore');

    const store = await openBotStore({ state: dirname(bot.database), grantKey });
    expect(await store.nextRestoreId()).toBe('R41');
    await store.close();
  });
});

describe('a record beside what agents have seen of it', () => {
  /** An audit log of an agent that was shown these heads. */
  async function auditLog(bot: Bot, heads: readonly { restoreId?: string; seq: number; hash?: string }[]) {
    const { out } = await bot.record('export', 'R1');
    const hashes = out
      .trim()
      .split('\n')
      .map((line) => String((JSON.parse(line) as { hash: unknown }).hash));
    const directory = dirname(await newDatabase());
    const log = openAuditLog(directory, { fileBytes: 1_000_000, files: 3 }, 1);
    for (const { restoreId = 'R1', seq, hash } of heads)
      log.write({
        at: 1,
        from: '127.0.0.1',
        client: null,
        request: 'POST /v1/operations',
        decision: 'granted',
        operation: {
          operationId: 'op',
          kind: 'hold-backup',
          restoreId,
          step: 's',
          fence: 1,
          digest: '',
          journal: { seq, hash: hash ?? hashes[seq - 1] ?? 'ab'.repeat(32) },
          signers: [],
        },
      });
    log.close(2);
    return directory;
  }

  it('is as they have it', async () => {
    const bot = await botWithRecord();
    const logs = await auditLog(bot, [{ seq: 1 }, { seq: 2 }]);

    for (const path of [logs, join(logs, 'audit.jsonl')]) {
      const { out, err, code } = await bot.record('verify', '--against', path);
      expect(out).toContain('As 2 grants in 1 log(s) of agents have it.');
      expect({ err, code }).toEqual({ err: '', code: 0 });
    }
  });

  it.each([
    [
      'was rewritten whole, with the key',
      [{ seq: 2, hash: 'cd'.repeat(32) }],
      'An agent has seen another event 2 of R1 (',
    ],
    ['was cut at its end', [{ seq: 7 }], 'An agent has seen event 7 of R1 ('],
    [
      'is of a database put back to before another restore',
      [{ seq: 2 }, { restoreId: 'R4', seq: 9 }],
      'Agents have worked for R4',
    ],
    ['is of none of them', [], 'nothing was compared'],
  ])('%s: said, with 1', async (_what, heads, sentence) => {
    const bot = await botWithRecord();
    const { err, code } = await bot.record('verify', '--against', await auditLog(bot, heads));

    expect(err).toContain(sentence);
    expect(code).toBe(1);
  });

  it('is compared as it was exported, without bot and key', async () => {
    const bot = await botWithRecord();
    const { out } = await bot.record('export', 'R1');
    const file = join(dirname(bot.database), 'R1.jsonl');
    await writeFile(file, out);
    const good = await auditLog(bot, [{ seq: 2 }, { restoreId: 'R9', seq: 1 }]);
    const bad = await auditLog(bot, [{ seq: 3 }]);

    expect(await record('verify', file, '--against', good)).toMatchObject({ err: '', code: 0 });
    expect(await record('verify', file, '--against', good, bad)).toMatchObject({
      err: expect.stringContaining('its end was cut off'),
      code: 1,
    });
  });

  it('is not compared with a log that was changed, which is said', async () => {
    const bot = await botWithRecord();
    const logs = join(await auditLog(bot, [{ seq: 1 }, { seq: 2 }]), 'audit.jsonl');
    await writeFile(logs, (await readFile(logs, 'utf8')).replace('"seq":1', '"seq":2'));

    const { err, code } = await bot.record('verify', '--against', logs);

    expect(err).toMatch(/Line 3 of .*audit.jsonl does not follow the line before it/);
    expect(code).toBe(1);
  });
});

const botConfig = `
state: ./state
grantKey: ./grant.pem
slack: { mode: socket }
clusters:
  - name: east
    auroraVersion: 0.22.0
    channel: C0EAST
    zookeeper: { servers: ["127.0.0.1:2181"], serversetPath: /aurora/scheduler, logGroupPath: /aurora/replicated-log }
    mesos: { masters: ["http://127.0.0.1:5050"] }
    hosts:
      - { name: aurora-1, agent: "http://127.0.0.1:7071", advertised: aurora-1, httpPort: 8081, libprocess: "10.0.0.1:8083" }
    policy: { approvers: [U1, U2] }
`;
