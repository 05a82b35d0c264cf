/** A better decoder looks again: what agents have kept of an earlier one must not stay. */
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { decoderVersion } from '../../src/backups/decoder-version.ts';
import { inspectBackup } from '../../src/backups/inspect-backup.ts';

const fixtures = join(import.meta.dirname, '../fixtures/backups');

it('the version of the decoder rises whenever its answers change', async () => {
  const answers = createHash('sha256');
  for (const room of ['lived-on', 'odd', 'real', 'whole']) {
    const names = (await readdir(join(fixtures, room))).filter((name) => !/\.(json|md)$/.test(name)).sort();
    for (const name of names) {
      const { file: _file, ...report } = await inspectBackup(join(fixtures, room, name));
      answers.update(JSON.stringify([room, name, report]));
    }
  }

  // When this fails: raise decoderVersion by one, and write both down here.
  expect({ decoderVersion, answers: answers.digest('hex') }).toMatchInlineSnapshot(`
    {
      "answers": "247b2ca8807c201cd9208249d73d16040b1b1f5dd24eb2740bd554770579f503",
      "decoderVersion": 2,
    }
  `);
});
