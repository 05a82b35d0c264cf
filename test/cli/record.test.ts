import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { Command } from 'commander';
import { describe, expect, it, vi } from 'vitest';
import { registerRecord, verifyRecord } from '../../src/cli/record.ts';
import { chainHash } from '../../src/store/journal.ts';
import { newDatabase, openStore } from '../contracts/support.ts';
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

describe('a record with an event that this version does not know', () => {
  const why = 'Event 3 of R1 cannot be read: its type is "moon-seen", which this version does not know.';

  /** What `record …` prints, and how it ends. */
  async function record(...words: string[]): Promise<string> {
    const path = await newDatabase();
    const state = join(dirname(path), 'state');
    await mkdir(state);
    const store = await openStore(join(state, 'bot.sqlite'));
    await store.open({ restoreId: 'R1', cluster: 'east', at: 1, event: proposed() });
    await store.append({ restoreId: 'R1', expectedSeq: 1, at: 2, events: [stopGate()] });
    await appendUnknown(join(state, 'bot.sqlite'), { restoreId: 'R1', afterSeq: 2, at: 3 });
    const config = join(dirname(path), 'bot.yml');
    await writeFile(config, botConfig);
    const printed: string[] = [];
    const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed.push(String(text));
      return true;
    });
    const program = new Command();
    registerRecord(program);
    try {
      await program.parseAsync(['record', ...words, '--config', config], { from: 'user' });
    } catch (error) {
      printed.push(error instanceof Error ? error.message : String(error));
    } finally {
      stdout.mockRestore();
    }
    return printed.join('');
  }

  it('is shown up to that event, and says what stands there', async () => {
    const printed = await record('show', 'R1');

    expect(printed).toContain('restore-proposed');
    expect(printed).toContain('gate-opened');
    expect(printed).toContain(why);
  });

  it('is exported as it is stored, and found whole, with a word about that event', async () => {
    const printed = await record('export', 'R1');
    const verdict = await verify(printed.trim().split('\n'));

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
