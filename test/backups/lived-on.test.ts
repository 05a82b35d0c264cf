import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodeBackup } from '../../src/backups/decode-backup.ts';
import { fixturePath } from './fixtures.ts';
import { changed, livedOn } from './lived-on.ts';

const lines = livedOn().map((line) => [line.title, line] as const);

describe('the changes that tests make are those that were tried', () => {
  const recorded = lines.filter(([, { file, base }]) => file !== undefined && base !== null);

  test.each(recorded)('%s', (_title, line) => {
    const bytes = readFileSync(fixturePath(`backups/lived-on/${line.file}`));

    expect(changed(line).equals(bytes)).toBe(true);
  });
});

describe('every backup that was tried on a real scheduler', () => {
  test.each(lines.filter(([, { lives }]) => lives))('%s: it lives', async (_title, line) => {
    const report = await decodeBackup([line.bytes()]);

    expect(['ok', 'suspicious']).toContain(report.verdict);
    expect(report.unlivable).toBeUndefined();
  });

  test.each(lines.filter(([, { lives }]) => !lives))('%s: it dies', async (_title, line) => {
    const report = await decodeBackup([line.bytes()]);

    expect(report.verdict).toBe('unlivable');
    expect(report.reasons.length).toBeGreaterThan(0);
    expect(report.unlivable?.shown[0]?.path).toContain('[');
  });
});
