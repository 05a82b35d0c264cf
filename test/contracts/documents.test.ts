import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { implementations } from './support.ts';

describe.each(implementations)('documents: %s', (_name, openPorts) => {
  it('give back the text of a restore as it was saved, and say its hash and size', async () => {
    const { documents } = await openPorts();
    const text = JSON.stringify(['ä', { b: 1 }]);

    const saved = await documents.save({ restoreId: 'R1', name: 'list', text, version: 3 });

    expect(saved).toEqual({ sha256: createHash('sha256').update(text).digest('hex'), bytes: 14 });
    expect(await documents.load('R1', 'list')).toEqual({ text, version: 3 });
    expect(await documents.load('R2', 'list')).toBeNull();
    expect(await documents.load('R1', 'another')).toBeNull();
  });

  it('replace what has the same name', async () => {
    const { documents } = await openPorts();
    await documents.save({ restoreId: 'R1', name: 'list', text: '[1]', version: 1 });

    await documents.save({ restoreId: 'R1', name: 'list', text: '[2]', version: 2 });

    expect(await documents.load('R1', 'list')).toEqual({ text: '[2]', version: 2 });
  });
});
