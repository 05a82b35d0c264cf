import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { storedForm } from '../../../src/aurora/stored-form.ts';
import { findDocument } from '../../../src/restore/looks/documents.ts';
import { jsonList, keepLongDocument, readLongDocument } from '../../../src/restore/looks/long-documents.ts';
import { openStore } from '../../contracts/support.ts';
import { wholeList } from '../../support/whole-list.ts';

const form = storedForm(1, z.object({ taskId: z.string() }));
const named = { restoreId: 'R1', name: 'long', form };
const ids = (count: number) =>
  Array.from({ length: count }, (_, nth) => ({ taskId: `task-${nth}-${'x'.repeat(80)}` }));

async function kept(values: readonly unknown[]) {
  const store = await openStore(':memory:');
  const { sha256 } = await keepLongDocument(store, { ...named, version: 1, text: jsonList(values) });
  const read = async () =>
    (await wholeList(readLongDocument(store, named, []))).map(({ element }) => element);
  return { store, sha256, read };
}

describe('a long document', () => {
  it.each([0, 1, 200, 201, 399])(
    'of %i elements is one document, byte for byte as one always was',
    async (count) => {
      const { store, sha256, read } = await kept(ids(count));
      const text = JSON.stringify(ids(count));

      expect(await store.load('R1', 'long')).toEqual({ text, version: 1 });
      expect(sha256).toBe(createHash('sha256').update(text).digest('hex'));
      expect(await read()).toEqual(ids(count));
    },
  );

  it('that does not fit is kept in pieces, with the sum of the whole', async () => {
    const { store, sha256, read } = await kept(ids(20_000));

    expect(sha256).toBe(
      createHash('sha256')
        .update(JSON.stringify(ids(20_000)))
        .digest('hex'),
    );
    expect((await store.load('R1', 'long/2'))?.text.length).toBeLessThan(600 * 1024);
    expect(await read()).toEqual(ids(20_000));
  });

  it('in pieces is refused by a program that knows no pieces, and not misread', async () => {
    const { store } = await kept(ids(20_000));

    const whole = findDocument(store, { ...named, form: storedForm(1, z.array(z.unknown())) });

    await expect(whole).rejects.toMatchObject({ message: expect.stringContaining('newer version') });
  });

  it.each([
    ['a piece is gone', { pieces: 9, sha256: '', version: 1 }, 'is gone'],
    [
      'the pieces are those of another one',
      { pieces: 4, sha256: 'a', version: 1 },
      'not those that were kept',
    ],
    ['the form is of a newer version', { pieces: 4, sha256: '', version: 2 }, 'newer version'],
    ['the head is none', [], 'another form'],
  ])('says so when %s', async (_what, head, says) => {
    const { store, read } = await kept(ids(20_000));
    await store.save({ restoreId: 'R1', name: 'long', text: JSON.stringify(head), version: 1_000 });

    await expect(read()).rejects.toMatchObject({ message: expect.stringContaining(says) });
  });

  it.each([
    ['no document', null, 'is gone'],
    ['one of a newer form', { text: '[]', version: 2 }, 'newer version'],
    [
      'an element of another form',
      { text: '[{"taskId":1}]', version: 1 },
      'element 1: its taskId has another form',
    ],
    ['no JSON', { text: '[{"taskId"', version: 1 }, 'it ends in the middle'],
  ])('says so when there is %s', async (_what, document, says) => {
    const store = await openStore(':memory:');
    if (document !== null) await store.save({ restoreId: 'R1', name: 'long', ...document });

    const read = wholeList(readLongDocument(store, named, []));

    await expect(read).rejects.toMatchObject({ message: expect.stringContaining(says) });
  });

  it('of several lists is not read when one is missing', async () => {
    const store = await openStore(':memory:');
    await store.save({ restoreId: 'R1', name: 'long', text: '{"killed":[],"kept":[]}', version: 1 });

    const read = wholeList(readLongDocument(store, named, ['killed', 'rescheduled', 'kept']));

    await expect(read).rejects.toMatchObject({
      code: 'document-unreadable',
      message: expect.stringContaining('no list rescheduled'),
    });
  });
});
