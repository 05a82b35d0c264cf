import { chmod, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFlagFileDriver } from '../../../src/agent/drivers/flag-file.ts';
import { replaceProven } from '../../../src/agent/flags/flag-grammar.ts';
import { flagLinesGrammar } from '../../../src/agent/flags/flag-lines.ts';
import { createTestHost, flagText, type TestHost } from '../support/test-host.ts';

describe('a file of flag lines', () => {
  test.each<[string, string, Record<string, string | null>, string]>([
    ['a value where it stands', '-a=1\n# c\n-b=2\n', { a: '9' }, '-a=9\n# c\n-b=2\n'],
    ['a value with equal signs', '-a=x=y\n', { a: 'p=q' }, '-a=p=q\n'],
    ['nothing but the line end it had', '-a=1\r\n-b=2\r\n', { b: '3' }, '-a=1\r\n-b=3\r\n'],
    ['a new flag at the end', '-a=1', { b: '2' }, '-a=1\n-b=2\n'],
    ['a flag away', '-a=1\n\n  # c\n-b=2', { a: null }, '\n  # c\n-b=2'],
    ['a flag away that is not there', '-a=1\n', { z: null }, '-a=1\n'],
    ['an empty file', '', { a: '1' }, '-a=1\n'],
  ])('replaces %s', (_what, before, changes, after) => {
    expect(replaceProven(flagLinesGrammar, before, changes)).toBe(after);
  });

  test.each([
    ['a doubled flag', '-a=1\n-a=2\n', /-a twice/],
    ['a bare word', '-a=1\nexport X=1\n', /Line 2/],
    ['a flag without a value', '-partition_aware\n', /Line 1/],
    ['a double dash', '--a=1\n', /Line 1/],
  ])('refuses %s', (_what, text, message) => {
    expect(() => flagLinesGrammar.parse(text)).toThrow(message);
  });
});

describe('flag-file driver', () => {
  let host: TestHost;
  beforeEach(async () => {
    host = await createTestHost();
  });
  afterEach(() => host.dispose());

  const flags = { mesos_master_address: 'zk://localhost:1111/none', max_registration_delay: '360mins' };

  test('sets the original aside once, and puts the same bytes and mode back', async () => {
    const driver = createFlagFileDriver(host.path('flags'), flagLinesGrammar);

    const set = await driver.set({ restoreId: 'R1', flags });
    await driver.set({ restoreId: 'R1', flags: { max_registration_delay: '400mins' } });
    await driver.restore('R1');

    expect(set.setAside).toBe(host.path('flags.set-aside-R1'));
    expect(await readFile(host.path('flags.set-aside-R1'), 'utf8')).toBe(flagText);
    expect(await readFile(host.path('flags'), 'utf8')).toBe(flagText);
    expect((await stat(host.path('flags'))).mode & 0o777).toBe(0o640);
    expect(await readFile(host.path('flags.changed-R1'), 'utf8')).toContain('400mins');
  });

  test('keeps every other byte and the mode when it sets', async () => {
    await chmod(host.path('flags'), 0o604);
    const driver = createFlagFileDriver(host.path('flags'), flagLinesGrammar);

    await driver.set({ restoreId: 'R1', flags });

    expect(await readFile(host.path('flags'), 'utf8')).toBe(
      '# east\n-cluster_name=east\n-mesos_master_address=zk://localhost:1111/none\n-backup_dir=/b\n-max_registration_delay=360mins\n',
    );
    expect((await stat(host.path('flags'))).mode & 0o777).toBe(0o604);
  });

  test('changes nothing in a file that it does not understand', async () => {
    await writeFile(host.path('flags'), 'JAVA_OPTS="-Xmx1g"\n');
    const before = await readdir(host.dir);
    const driver = createFlagFileDriver(host.path('flags'), flagLinesGrammar);

    await expect(driver.set({ restoreId: 'R1', flags })).rejects.toMatchObject({
      code: 'flags-not-understood',
    });

    expect(await readdir(host.dir)).toEqual(before);
  });

  test('says restored when this restore never changed anything', async () => {
    const driver = createFlagFileDriver(host.path('flags'), flagLinesGrammar);

    expect(await driver.observeRestored('R9')).not.toBeNull();
  });

  test('does not follow a link', async () => {
    await symlink(host.path('flags'), host.path('link'));

    await expect(createFlagFileDriver(host.path('link'), flagLinesGrammar).read()).rejects.toThrow(/ELOOP/);
  });

  test('names the changed files of two goes apart', async () => {
    const driver = createFlagFileDriver(host.path('flags'), flagLinesGrammar);

    await driver.set({ restoreId: 'R1', flags });
    await driver.restore('R1');
    await driver.set({ restoreId: 'R1', flags });
    await driver.restore('R1');

    expect((await readdir(host.dir)).filter((name) => name.startsWith('flags'))).toEqual([
      'flags',
      'flags.changed-R1',
      'flags.changed-R1-2',
      'flags.set-aside-R1',
    ]);
  });
});
