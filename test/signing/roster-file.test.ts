import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRosterFile } from '../../src/signing/roster-file.ts';
import { rosterYaml, signatureOf } from './key-holders.ts';
import { now, statementWith } from './statements.ts';

describe('a roster in its file', () => {
  let directory: string;
  let path: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'aurora-roster-'));
    path = join(directory, 'people.yaml');
  });
  afterEach(async () => {
    await rm(directory, { recursive: true });
  });

  it('counts whoever is in it now, without a restart', async () => {
    await writeFile(path, rosterYaml());
    const file = openRosterFile(path);
    const statement = statementWith();
    const given = signatureOf('UBO', statement);
    const before = (await file.readRoster(now)).prove(statement, given, 'T1:UBO');
    if ('fault' in before) throw new Error(before.fault);

    await writeFile(path, rosterYaml(['UANA']));

    const after = await file.readRoster(now);
    expect(before.proof).toMatchObject({ person: 'T1:UBO', key: 'laptop' });
    expect(after.keysOf('T1:UBO')).toBeNull();
    expect(after.faultOf(statement, before.proof)).toBe('T1:UBO is not in the roster.');
    expect(after.prove(statement, given, 'T1:UBO')).toEqual({ fault: 'T1:UBO is not in the roster.' });
  });

  it('shows only keys that are good at that instant', async () => {
    await writeFile(
      path,
      rosterYaml(['UANA']).replace('name: laptop', 'name: laptop, notAfter: 2026-11-30T04:00:00Z'),
    );
    const file = openRosterFile(path);

    expect((await file.readRoster(now)).keysOf('T1:UANA')).toMatchObject([
      { type: 'passkey', name: 'laptop' },
    ]);
    expect((await file.readRoster(now + 3_600_000)).keysOf('T1:UANA')).toEqual([]);
  });

  it('that cannot be read, or is not a plain file, counts nobody', async () => {
    const file = openRosterFile(path);
    await expect(file.readRoster(now)).rejects.toMatchObject({ code: 'roster-unreadable' });
    await mkdir(path);
    await expect(file.readRoster(now)).rejects.toMatchObject({
      message: expect.stringContaining('it is not a plain file'),
    });
  });

  it('says what is wrong with a text that is no signature', async () => {
    await writeFile(path, rosterYaml());
    const roster = await openRosterFile(path).readRoster(now);

    expect(roster.prove(statementWith(), { format: 'ssh', signature: 'hello' }, 'T1:UANA')).toEqual({
      fault: 'That is not a signature of ssh-keygen: paste all of it, with its first and last line.',
    });
  });
});
