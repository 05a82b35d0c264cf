/** The thread that hashes what another one decodes: lower-case hex sha256 of each file. */
import { createHash } from 'node:crypto';
import { workOnPieces } from './thread-pieces.ts';

let hash = createHash('sha256');
workOnPieces({
  take: (piece) => hash.update(piece),
  finish: () => {
    const sha256 = hash.digest('hex');
    hash = createHash('sha256');
    return sha256;
  },
});
