import { readdirSync, readlinkSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Pieces } from '../../src/streams/pieces.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pieces-'));
  vi.stubEnv('TMPDIR', directory);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true, force: true });
});

const texts = Array.from({ length: 100 }, (_, nth) => `${nth} `.repeat(nth));

/** Files of that directory that this process has open, with or without a name. */
function open(): readonly string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      return path.startsWith(directory) ? [path] : [];
    } catch {
      return [];
    }
  });
}

describe('pieces', () => {
  it('are all there, those in memory and those in a file without a name, which is closed at the end', async () => {
    const pieces = new Pieces(1_000);
    const kept = texts.map((text) => pieces.keep(Buffer.from(text)));

    expect(kept.map((piece) => pieces.read(piece).toString())).toEqual(texts);
    expect(kept.map((piece) => Buffer.isBuffer(piece))).toContain(true);
    expect(open()).toHaveLength(1);
    expect(await readdir(directory)).toEqual([]);

    pieces.end();

    expect(open()).toEqual([]);
  });

  it('stay as they are when whoever brought them uses the memory again', () => {
    const pieces = new Pieces(10);
    const bytes = Buffer.from('12345678');
    const [inMemory, inFile] = [pieces.keep(bytes), pieces.keep(bytes)];
    bytes.fill(0);

    expect([inMemory, inFile].map((piece) => pieces.read(piece).toString())).toEqual([
      '12345678',
      '12345678',
    ]);
    pieces.end();
  });

  it('stay in memory where no file can be written', async () => {
    await rm(directory, { recursive: true });
    const pieces = new Pieces(0);
    const kept = texts.map((text) => pieces.keep(Buffer.from(text)));

    expect(kept.map((piece) => pieces.read(piece).toString())).toEqual(texts);
    expect(open()).toEqual([]);
  });
});
