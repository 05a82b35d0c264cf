import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPlace, storeKeys, toStore } from '../../src/cli/store-config.ts';

const resolved = (file: string) => `/etc/bot/${file}`;
const read = (keys: unknown) => toStore(storeKeys.parse(keys), resolved);

describe('where everything is kept', () => {
  it('is a file of the bot unless something else is said', () => {
    expect(read(undefined)).toBeNull();
  });

  it('is a database whose server must prove who it is', () => {
    expect(
      read({
        postgres: 'postgres://bot%40x@db.example:6432/aurora',
        passwordFile: 'pw',
        tls: { ca: 'ca.pem' },
      }),
    ).toEqual({
      host: 'db.example',
      port: 6432,
      database: 'aurora',
      user: 'bot@x',
      passwordFile: '/etc/bot/pw',
      tls: { mode: 'verify-full', ca: '/etc/bot/ca.pem' },
    });
  });

  it.each([
    ['postgres://bot@127.0.0.1/aurora', '127.0.0.1'],
    ['postgresql://bot@[::1]/aurora', '::1'],
    ['postgres://bot@localhost/aurora?host=/run/postgresql', '/run/postgresql'],
  ])('asks for no TLS on this machine: %s', (postgres, host) => {
    expect(read({ postgres })).toMatchObject({ host, port: 5432, tls: { mode: 'disable' } });
    expect(read({ postgres, tls: { mode: 'require' } })).toMatchObject({ tls: { mode: 'require' } });
  });

  it.each([
    ['nonsense', 'this is not an address'],
    ['mysql://bot@db/aurora', 'it does not begin with postgres://'],
    ['postgres://bot:hunter2@db/aurora', 'the password does not belong here'],
    ['postgres://bot@db/aurora?sslmode=disable', '"sslmode" cannot be said here'],
    ['postgres://bot@db/aurora?host=other', 'host is for the directory of a socket'],
    ['postgres:///aurora', 'it names no host'],
    ['postgres://db/aurora', 'it names no user'],
    ['postgres://bot@db', 'it names no database'],
    ['postgres://bot@db/a/b', 'it names no database'],
    ['postgres://bot@db/%ff', 'it has a broken % in it'],
    ['postgres://bot@db/a%00b', 'it holds a control character'],
    ['postgres://bot@db/aurora#x', 'what follows # cannot be used'],
  ])('refuses %s and shows no secret', (postgres, why) => {
    const { error } = storeKeys.safeParse({ postgres });

    expect(error?.issues[0]?.message).toContain(why);
    expect(error?.message).not.toContain('hunter2');
  });

  it('takes the password from its file, else from the environment', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'aurora-store-config-'));
    await writeFile(join(directory, 'pw'), 'from-file\n');
    await writeFile(join(directory, 'empty'), '\n');
    const place = async (passwordFile?: string) => {
      const config = toStore(
        storeKeys.parse({ postgres: 'postgres://bot@db/aurora', passwordFile, tls: { mode: 'require' } }),
        (file) => join(directory, file),
      );
      if (config === null) throw new Error('it names a database');
      return await readPlace(config, { PGPASSWORD: 'from-environment' });
    };

    expect(await place('pw')).toMatchObject({ password: 'from-file', tls: { verify: false, ca: null } });
    expect(await place()).toMatchObject({ password: 'from-environment' });
    await expect(place('empty')).rejects.toMatchObject({ code: 'config-invalid' });
    await expect(place('missing')).rejects.toMatchObject({ code: 'config-invalid' });
  });
});
