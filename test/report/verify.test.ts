/** A report is a record that can be verified by itself: whoever changes a word of it, or of its record, is found out. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Recorded } from '../../src/aurora/journal.ts';
import { verifyFile } from '../../src/cli/verify-file.ts';
import { takeApart, withRecord } from '../../src/report/embedded.ts';
import { recordFile, recordFormats } from '../../src/report/formats.ts';
import type { RestoreEvent } from '../../src/restore/record/events.ts';
import { chainHash } from '../../src/store/chain-hash.ts';
import { recordsOf } from '../slack/support/whole-story.ts';
import { eventful } from './stories.ts';

const directory = await mkdtemp(join(tmpdir(), 'report-'));
afterAll(async () => {
  await rm(directory, { recursive: true });
});

/** As a journal keeps them, each with the hash that it should have. */
function chained(events: readonly RestoreEvent[]): Recorded<RestoreEvent>[] {
  let previous = '';
  return recordsOf(events).map((record) => {
    const { hash: _, ...unsealed } = record;
    previous = chainHash(previous, unsealed);
    return { ...unsealed, hash: previous };
  });
}

const records = chained(eventful);

async function verify(text: string) {
  const file = join(directory, 'record');
  await writeFile(file, text);
  return await verifyFile(file);
}

describe.each(recordFormats)('a record as %s', (format) => {
  const file = recordFile(records, format);

  it('is whole as it was made', async () => {
    const { verdict, problems } = await verify(file);

    expect(problems).toEqual([]);
    expect(verdict).toMatchObject({
      restoreId: 'R1',
      events: records.length,
      recordHash: records.at(-1)?.hash,
    });
  });

  it('is broken when it was cut', async () => {
    await expect(verify(file.slice(0, -200))).rejects.toThrow(/Line \d+ is not a record|no record in/);
  });
});

describe.each(['md', 'html'] as const)('a report as %s', (format) => {
  const file = recordFile(records, format);

  it('is found out when one word of it was changed', async () => {
    const { problems } = await verify(file.replace('bo approved the stop', 'cy approved the stop'));

    expect(problems).toEqual([expect.stringContaining('are not those that this version writes')]);
  });

  it('is found out when its record is another one', async () => {
    const parts = takeApart(file);
    const other = recordFile(chained(eventful.slice(0, -1)), 'jsonl');

    const { problems } = await verify(withRecord(parts?.report ?? '', other));

    expect(problems).toHaveLength(1);
  });

  it('is broken when an event of its record was changed', async () => {
    const parts = takeApart(file);
    const record = (parts?.record ?? '').replace('replicated log corrupt', 'replicated log fine');

    await expect(verify(withRecord(parts?.report ?? '', record))).rejects.toThrow(
      'Line 1 does not have the hash',
    );
  });
});
