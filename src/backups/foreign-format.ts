/**
 * What a file that is not a backup is, told by its first bytes, so that a person reads "a gzip file" and not "unknown type 31".
 * What a scheduler makes of each was tried with a real one where it is said without an "or" (aurora.md 13).
 */

const headBytes = 512;

interface Magic {
  readonly bytes: readonly number[];
  readonly reason: string;
}

const packed = 'What is packed in it may be a backup: unpack it and look again.';
const refusedOrEmpty = 'a scheduler refuses such a file, or stages it as an empty cluster';
const stagedAsEmpty = 'a scheduler stages it as an empty cluster, with OK';

const magics: readonly Magic[] = [
  { bytes: [0x1f, 0x8b, 0x08], reason: `It is a gzip file; ${stagedAsEmpty}. ${packed}` },
  { bytes: [0x80, 0x01, 0x00, 0x01], reason: `It is wrapped in a Thrift message; ${stagedAsEmpty}.` },
  { bytes: [0x80, 0x01, 0x00, 0x02], reason: `It is wrapped in a Thrift message; ${refusedOrEmpty}.` },
  { bytes: [0x42, 0x5a, 0x68], reason: `It is a bzip2 file; ${refusedOrEmpty}. ${packed}` },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], reason: `It is an xz file; ${refusedOrEmpty}. ${packed}` },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], reason: `It is a zstd file; ${refusedOrEmpty}. ${packed}` },
  { bytes: [0x50, 0x4b, 0x03, 0x04], reason: `It is a zip file; ${refusedOrEmpty}. ${packed}` },
];

/** Sees a file pass by and keeps its first bytes. */
export class ForeignFormat {
  #head: Uint8Array = new Uint8Array(0);
  #onlyZeros = true;
  #bytes = 0;

  /** Takes the next bytes of the file. */
  see(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    this.#onlyZeros &&= chunk.every((byte) => byte === 0);
    const room = headBytes - this.#head.length;
    if (room > 0) this.#head = Buffer.concat([this.#head, chunk.subarray(0, room)]);
  }

  /** What it is and what a scheduler makes of it, as sentences; `null` when it cannot be told. For files that are not a backup. */
  explain(): string | null {
    if (this.#bytes === 0) return 'The file is empty; a scheduler refuses it.';
    if (this.#onlyZeros) {
      const what = this.#bytes === 1 ? 'one zero byte' : `nothing but zeros (${this.#bytes} bytes)`;
      return `It is ${what}; ${stagedAsEmpty}.`;
    }
    const magic = magics.find(({ bytes }) => bytes.every((byte, index) => this.#head[index] === byte));
    if (magic !== undefined) return magic.reason;
    return isText(this.#head) ? `It is text; ${refusedOrEmpty}.` : null;
  }
}

/** Only what is written and read by people: UTF-8 without control characters but tabs and line breaks. */
function isText(bytes: Uint8Array): boolean {
  // Told without decoding: nearly all that is no text has one of these.
  if (bytes.some((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d)) return false;
  try {
    // As a stream, because the last character may be cut by the end of what was kept.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return text !== '' && !/(?![\t\n\r])\p{Cc}/u.test(text);
  } catch {
    return false;
  }
}
