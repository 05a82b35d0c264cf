/** The thread that decodes: pieces of one backup after the other, in order. It runs what `decodeBackup` runs. */
import { BackupDecoder } from './decode-backup.ts';
import { workOnPieces } from './thread-pieces.ts';

let decoder = new BackupDecoder();
workOnPieces({
  take: (piece) => decoder.push(piece),
  finish: () => {
    const report = decoder.finish('');
    decoder = new BackupDecoder();
    return report;
  },
});
