/**
 * How the text of a document lies in the database: long ones compressed. Both ways go piece by piece, so that a list of a million
 * tasks holds up nobody.
 */
import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import { createZstdCompress, createZstdDecompress } from 'node:zlib';

/** Below it there is nothing to gain. */
const packedFrom = 1_024;
const pieceChars = 256 * 1024;
/** A string of JavaScript holds little more (2^29 - 24); what claims to be longer was not written by this program. */
const plainBytesMax = 500_000_000;

interface Packed {
  readonly encoding: 'text' | 'zstd';
  readonly body: string | Uint8Array;
}

/** `sha256` (hex) and `bytes` are of the text as UTF-8, however it lies there. */
export async function pack(text: string): Promise<Packed & { sha256: string; bytes: number }> {
  const sum = new Sum();
  const plain = () => sum.over(piecesOf(text));
  if (text.length < packedFrom) {
    for (const _piece of plain());
    return { encoding: 'text', body: text, ...sum.end() };
  }
  const packed: Buffer[] = [];
  await pipeline(plain, createZstdCompress(), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) packed.push(chunk);
  });
  return { encoding: 'zstd', body: Buffer.concat(packed), ...sum.end() };
}

/** The text with its sha256. Throws for what is not compressed as it says, or longer than any text can be. */
export async function unpack(
  { encoding, body }: Packed,
  { bytesMax = plainBytesMax } = {},
): Promise<{ text: string; sha256: string }> {
  const sum = new Sum();
  if (typeof body === 'string' && encoding === 'text') {
    for (const _piece of sum.over(piecesOf(body)));
    return { text: body, ...sum.end() };
  }
  if (typeof body === 'string' || encoding === 'text') throw new Error('it is not in the form that it says');
  const decoder = new StringDecoder('utf8');
  let text = '';
  await pipeline([body], createZstdDecompress(), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      sum.add(chunk);
      if (sum.bytes > bytesMax) throw new RangeError('it is longer than any document');
      text += decoder.write(chunk);
    }
  });
  return { text: text + decoder.end(), ...sum.end() };
}

/** Of bytes as they pass. */
class Sum {
  readonly #hash = createHash('sha256');
  bytes = 0;

  add(piece: Uint8Array): void {
    this.#hash.update(piece);
    this.bytes += piece.length;
  }

  *over(pieces: Iterable<string>): Generator<Buffer> {
    for (const piece of pieces) {
      const encoded = Buffer.from(piece);
      this.add(encoded);
      yield encoded;
    }
  }

  end(): { sha256: string; bytes: number } {
    return { sha256: this.#hash.digest('hex'), bytes: this.bytes };
  }
}

/** Cut where no character is cut in two. */
function* piecesOf(text: string): Generator<string> {
  for (let from = 0, to = 0; from < text.length; from = to) {
    to = from + pieceChars;
    if (/[\uD800-\uDBFF]/.test(text.charAt(to - 1))) to += 1;
    yield text.slice(from, to);
  }
}
