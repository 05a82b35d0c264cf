import { describe, expect, it } from 'vitest';
import { implementations } from './support.ts';

describe.each(implementations)('an inbox: %s', (_name, openPorts) => {
  it('lets a delivery be claimed once', async () => {
    const { inbox } = await openPorts();

    const claims = await Promise.all([inbox.claim('k', 1), inbox.claim('k', 2), inbox.claim('other', 3)]);

    expect(claims).toEqual([true, false, true]);
  });
});

describe.each(implementations)('a ledger: %s', (_name, openPorts) => {
  const card = {
    key: 'R1:card',
    restoreId: 'R1',
    channel: 'C1',
    ts: '1.1',
    contentSha256: 'ab'.repeat(32),
  };

  it('finds a post by its key, as it was saved last', async () => {
    const { ledger } = await openPorts();
    await ledger.savePost(card);

    await ledger.savePost({ ...card, contentSha256: 'cd'.repeat(32) });

    expect(await ledger.findPost('R1:card')).toEqual({ ...card, contentSha256: 'cd'.repeat(32) });
    expect(await ledger.findPost('R2:card')).toBeNull();
  });

  it('keeps a cursor for each restore, which is 0 at first', async () => {
    const { ledger } = await openPorts();

    await ledger.moveCursor('R1', 3);
    await ledger.moveCursor('R1', 7);

    expect(await ledger.readCursor('R1')).toBe(7);
    expect(await ledger.readCursor('R2')).toBe(0);
  });
});
