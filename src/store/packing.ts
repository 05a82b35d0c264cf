/** Documents over packed ones: packed and unpacked by whoever asks, in the thread in which they ask. */
import { AuroraError } from '../aurora/errors.ts';
import type { Documents, PackedDocuments } from '../aurora/journal.ts';
import { pack, unpack } from './pack.ts';

export function documentsOver(packedOnes: PackedDocuments): Documents {
  return {
    save: async ({ text, ...document }) => {
      const { bytes, ...packed } = await pack(text);
      await packedOnes.savePacked({ ...document, packed });
      return { sha256: packed.sha256, bytes };
    },
    load: async (restoreId, name) => {
      const found = await packedOnes.loadPacked(restoreId, name);
      if (found === null) return null;
      const { packed, version } = found;
      const { text, sha256 } = await unpack(packed).catch((cause: unknown) => {
        throw notAsKept({ restoreId, name }, cause);
      });
      if (sha256 !== packed.sha256) throw notAsKept({ restoreId, name });
      return { text, version };
    },
  };
}

export function notAsKept(
  { restoreId, name }: { restoreId: string; name: string },
  cause?: unknown,
): AuroraError {
  return new AuroraError({
    code: 'document-unreadable',
    message: `The document "${name}" of ${restoreId} is not as it was kept.`,
    hint: 'Something else has written to the database. Put it back from its copy.',
    cause,
  });
}
