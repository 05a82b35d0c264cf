/**
 * A report holds the record that it was written from, so that one file can be verified by itself: the exported lines, compressed, in a
 * comment that neither Markdown nor HTML shows.
 */
import { gunzipSync, gzipSync } from 'node:zlib';

const begin = '<!-- aurora-chatops record, gzip, base64';
const block = new RegExp(`${begin}\n([A-Za-z0-9+/=\n]+)\n-->\n`);
const columns = 120;
/** What a file can make of our memory. */
const recordBytesMax = 256 * 1024 * 1024;

/** `record` is what `record export` prints. */
export function withRecord(report: string, record: string): string {
  const text = gzipSync(record).toString('base64');
  const lines = text.match(new RegExp(`.{1,${columns}}`, 'g')) ?? [];
  return `${report}${begin}\n${lines.join('\n')}\n-->\n`;
}

/** The two parts of a file again; `null` when it holds no record, or none that can be read. */
export function takeApart(file: string): { report: string; record: string } | null {
  const found = block.exec(file);
  if (found === null) return null;
  try {
    const bytes = Buffer.from(found[1] ?? '', 'base64');
    const record = gunzipSync(bytes, { maxOutputLength: recordBytesMax }).toString('utf8');
    return { report: file.slice(0, found.index) + file.slice(found.index + found[0].length), record };
  } catch {
    return null;
  }
}
