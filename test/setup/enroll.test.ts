/** Enrolment with a one-time token, over real TLS: by the host it is for, and as each who would take its place. */
import { execFile } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, request } from 'node:https';
import { type AddressInfo, connect as connectPlain, createServer as createPlainServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeAll, describe, expect, it, test } from 'vitest';
import type { Clock } from '../../src/aurora/clock.ts';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { readBotConfig } from '../../src/cli/config.ts';
import { initAuthority, issueInto } from '../../src/pki/directory.ts';
import { requireAll } from '../../src/setup/answers.ts';
import { openEnrollDesk } from '../../src/setup/enroll-desk.ts';
import { enrollHost } from '../../src/setup/enroll-host.ts';
import { createToken, parseToken } from '../../src/setup/enroll-token.ts';
import { writeInstallation } from '../../src/setup/installation.ts';

const main = new URL('../../src/cli/main.ts', import.meta.url).pathname;
let setup: string;
const pki = (): string => join(setup, 'pki');
const closers: (() => void)[] = [];

beforeAll(async () => {
  setup = join(mkdtempSync(join(tmpdir(), 'aurora-enroll-')), 'out');
  await writeInstallation({
    directory: setup,
    answers: requireAll({
      cluster: 'east',
      auroraVersion: '0.22.0',
      channel: 'C1',
      approvers: ['U1', 'U2', 'U3'],
      zookeeper: ['zk1:2181'],
      serversetPath: '/aurora/scheduler',
      logGroupPath: '/aurora/log',
      masters: ['http://m:5050'],
      hosts: ['1', '2', '3'].map((n) => ({
        name: `a${n}`,
        address: `127.0.0.${n}`,
        libprocess: `127.0.0.${n}:8083`,
      })),
      log: '/data/db',
      backups: '/data/backups',
      hostKeys: 'enrolled',
    }),
    notes: [],
    now: Date.now(),
    checkBot: readBotConfig,
    signal: new AbortController().signal,
  });
});
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const openFor = async (name = 'a1', clock: Clock = systemClock) => {
  const stop = new AbortController();
  closers.push(() => stop.abort());
  return await openEnrollDesk({
    pki: pki(),
    host: {
      name,
      address: '127.0.0.1',
      configuration: readFileSync(join(setup, 'hosts', name, 'agent.yaml'), 'utf8'),
    },
    listen: { host: '127.0.0.1', port: 0 },
    address: '127.0.0.1',
    lastsMs: 900_000,
    clock,
    signal: stop.signal,
  });
};
const newDirectory = (): string => join(mkdtempSync(join(tmpdir(), 'aurora-host-')), 'etc');
const enroll = (
  desk: { url: string; token: string },
  more: { host?: string; directory?: string; url?: string } = {},
) => enrollHost({ url: desk.url, token: desk.token, host: 'a1', directory: newDirectory(), ...more });

describe('a host with the token', () => {
  it('gets a certificate for a key that never left it, and its configuration', async () => {
    const desk = await openFor();
    const directory = newDirectory();

    const { files, fingerprint } = await enroll(desk, { directory });

    const own = new X509Certificate(readFileSync(join(directory, 'agent.pem')));
    const authority = new X509Certificate(readFileSync(join(pki(), 'ca.pem')));
    expect(own.verify(authority.publicKey)).toBe(true);
    expect(own.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(own.checkPrivateKey(createPrivateKey(readFileSync(join(directory, 'agent.key'))))).toBe(true);
    expect(readFileSync(join(directory, 'agent.yaml'), 'utf8')).toContain('host: a1');
    expect(files.map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600, 0o600, 0o600]);
    expect(await desk.outcome).toEqual({ kind: 'enrolled', from: '127.0.0.1', fingerprint });
    expect(readdirSync(pki()).filter((file) => file.startsWith('a1'))).toEqual(['a1.pem']);
  });

  it('that has files already keeps them, and its token', async () => {
    const desk = await openFor();
    const directory = newDirectory();
    mkdirSync(directory, { mode: 0o700 });
    writeFileSync(join(directory, 'agent.yaml'), 'mine');

    await expect(enroll(desk, { directory })).rejects.toMatchObject({ code: 'enroll-not-written' });
    expect(readFileSync(join(directory, 'agent.yaml'), 'utf8')).toBe('mine');
    expect(readdirSync(directory)).toEqual(['agent.yaml']);

    expect((await enroll(desk)).files).toHaveLength(4);
  });

  it('does not write where another account could exchange what it writes', async () => {
    const desk = await openFor();
    const directory = newDirectory();
    mkdirSync(directory);
    chmodSync(directory, 0o777);

    await expect(enroll(desk, { directory })).rejects.toThrow(/only this account can change/);
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('an attacker', () => {
  it('who comes a second time with the token gets nothing', async () => {
    const desk = await openFor();
    await enroll(desk);
    await desk.outcome;
    const directory = newDirectory();

    await expect(enroll(desk, { directory })).rejects.toMatchObject({ code: 'enroll-unreachable' });

    expect(() => readdirSync(directory)).toThrow(/ENOENT/);
  });

  it('who comes at the same instant as the host: one of the two is let in, and the other one is told to be alarmed', async () => {
    const desk = await openFor();

    const both = await Promise.allSettled([enroll(desk), enroll(desk)]);

    const refused = both.find((one) => one.status === 'rejected');
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(refused?.reason).toMatchObject({
      code: expect.stringMatching(/^enroll-(refused|unreachable|impostor)$/),
    });
  });

  it('who was faster with a stolen token is named where it was opened, with the key that was certified', async () => {
    const desk = await openFor();
    const thief = await enroll(desk);

    const outcome = await desk.outcome;

    expect(outcome).toEqual({ kind: 'enrolled', from: '127.0.0.1', fingerprint: thief.fingerprint });
    await expect(enroll(desk)).rejects.toThrow(/Nobody can be enrolled/);
  });

  it('who would be another host uses the token up', async () => {
    const desk = await openFor();

    await expect(enroll(desk, { host: 'a2' })).rejects.toThrow(/token is for a1, and it is used up/);

    expect(await desk.outcome).toEqual({
      kind: 'refused',
      from: '127.0.0.1',
      why: 'the token was used for a2',
    });
    await expect(enroll(desk)).rejects.toMatchObject({ code: 'enroll-unreachable' });
  });

  it('who guesses is shut out after five tokens', async () => {
    const desk = await openFor();
    const wrong = { url: desk.url, token: createToken(readFileSync(join(pki(), 'ca.pem'), 'utf8')).text };

    for (let attempt = 1; attempt <= 5; attempt += 1)
      await expect(enroll(wrong)).rejects.toThrow(/not the one of this enrolment/);

    expect(await desk.outcome).toMatchObject({ kind: 'refused', why: '5 wrong tokens were tried' });
  });

  it('on the way, with a certificate of his own authority, never hears the token', async () => {
    const desk = await openFor();
    const foreign = join(newDirectory(), 'pki');
    await initAuthority(foreign, { name: 'aurora-chatops east', days: 1, now: Date.now() });
    await issueInto(foreign, { name: 'desk', use: 'server', names: ['127.0.0.1'], days: 1, now: Date.now() });
    const impostor = await impersonate(foreign, 'desk');

    await expect(enroll(desk, { url: impostor.url })).rejects.toMatchObject({ code: 'enroll-impostor' });

    expect(impostor.heard).toEqual([]);
  });

  it('on the way, with the certificate of another host of the same authority, never hears it either', async () => {
    const desk = await openFor();
    await issueInto(pki(), {
      name: 'taken-over',
      use: 'server',
      names: ['a9.example.org'],
      days: 1,
      now: Date.now(),
    });
    const impostor = await impersonate(pki(), 'taken-over');

    await expect(enroll(desk, { url: impostor.url })).rejects.toMatchObject({
      code: 'enroll-impostor',
      message: expect.stringMatching(/IP: 127\.0\.0\.1 is not in the cert's list/),
    });

    expect(impostor.heard).toEqual([]);
  });

  it('on the way, who shows the real chain without its key, never hears it either', async () => {
    const desk = await openFor();
    const proxy = createPlainServer((socket) => {
      const on = connectPlain(Number(new URL(desk.url).port), '127.0.0.1');
      // The handshake passes, and what follows is cut: nobody without the key can read or answer it.
      let passed = 0;
      on.on('data', (bytes) => socket.write(bytes));
      socket.on('data', (bytes) => {
        passed += 1;
        if (passed === 1) on.write(bytes);
        else socket.destroy();
      });
      for (const end of [on, socket]) end.on('error', () => undefined);
      socket.on('close', () => on.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    closers.push(() => proxy.close());
    const url = `https://127.0.0.1:${(proxy.address() as AddressInfo).port}`;

    await expect(enroll(desk, { url })).rejects.toMatchObject({ code: expect.stringMatching(/^enroll-/) });

    expect((await enroll(desk)).files).toHaveLength(4);
  });

  it.each<[string, (token: string) => unknown, number]>([
    ['a private key', (token) => ({ token, host: 'a1', publicKey: privatePem() }), 400],
    ['a key of another curve', (token) => ({ token, host: 'a1', publicKey: publicPem('P-384') }), 400],
    [
      'a certificate',
      (token) => ({ token, host: 'a1', publicKey: readFileSync(join(pki(), 'ca.pem'), 'utf8') }),
      400,
    ],
    ['another field', (token) => ({ token, host: 'a1', publicKey: publicPem('P-256'), names: ['*'] }), 400],
    ['no object', () => null, 400],
    ['a megabyte', () => 'x'.repeat(1024 * 1024), 400],
  ])('who sends %s is refused, and the host can still come', async (_what, bodyOf, status) => {
    const desk = await openFor();

    expect(await post(desk.url, bodyOf(parseToken(desk.token).secret))).toBe(status);

    expect((await enroll(desk)).files).toHaveLength(4);
  });
});

test('an enrolment ends by itself when nobody comes', async () => {
  let wake = (): void => undefined;
  const clock: Clock = {
    now: () => systemClock.now(),
    sleep: (ms, signal) =>
      ms === 900_000 ? new Promise((resolve) => (wake = resolve)) : systemClock.sleep(ms, signal),
  };
  const desk = await openFor('a1', clock);

  wake();

  expect(await desk.outcome).toEqual({ kind: 'nobody-came' });
  await expect(enroll(desk)).rejects.toMatchObject({ code: 'enroll-unreachable' });
});

test.each(['', 'enroll-', 'enroll-abc', `enroll-${'A'.repeat(65)}`, 'x'.repeat(71)])(
  '%j is no token',
  (text) => {
    expect(() => parseToken(text)).toThrow(/not a whole enrolment token/);
  },
);

test.each(['http://127.0.0.1:1', 'bot:8099', '', 'https://u:p@h:1'])(
  '%j is no address of an enrolment',
  async (url) => {
    const { text } = createToken(readFileSync(join(pki(), 'ca.pem'), 'utf8'));

    await expect(
      enrollHost({ url, token: text, host: 'a1', directory: newDirectory() }),
    ).rejects.toMatchObject({
      code: 'enroll-url',
    });
  },
);

test('the two programs do it by the command that the first one prints', async () => {
  const directory = newDirectory();
  const words = [
    'enroll',
    'open',
    '--host',
    'a2',
    '--directory',
    setup,
    '--listen',
    '127.0.0.1:0',
    '--address',
    '127.0.0.1',
  ];
  const desk = execFile(process.execPath, [main, ...words]);
  let said = '';
  const printed = new Promise<string[]>((resolve) => {
    desk.stdout?.on('data', (text: string) => {
      said += text;
      const command = /aurora-chatops (agent enroll --host a2 --from \S+ --token \S+)\n/.exec(said)?.[1];
      if (command !== undefined) resolve(command.split(' '));
    });
  });
  const ended = new Promise<number | null>((resolve) => desk.once('exit', resolve));

  const { stdout: host } = await promisify(execFile)(process.execPath, [
    main,
    ...(await printed),
    '--directory',
    directory,
  ]);

  expect(await ended).toBe(0);
  const [fingerprint = 'none'] = /[0-9a-f]{64}/.exec(host) ?? [];
  expect(said).toContain(`a2 was enrolled from 127.0.0.1.`);
  expect(said).toContain(fingerprint);
  expect(readdirSync(directory).toSorted()).toEqual(['agent.key', 'agent.pem', 'agent.yaml', 'ca.pem']);
});

/** A server with this certificate that writes down whatever it is told. */
async function impersonate(directory: string, name: string): Promise<{ url: string; heard: string[] }> {
  const heard: string[] = [];
  const read = (file: string): string => readFileSync(join(directory, file), 'utf8');
  const server = createServer(
    { key: read(`${name}.key`), cert: read(`${name}.pem`) + read('ca.pem') },
    (asked, answer) => {
      asked.on('data', (bytes) => heard.push(String(bytes)));
      asked.on('end', () => answer.end('{}'));
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, heard };
}

function publicPem(namedCurve: string): string {
  return generateKeyPairSync('ec', { namedCurve })
    .publicKey.export({ type: 'spki', format: 'pem' })
    .toString();
}

function privatePem(): string {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
}

function post(url: string, body: unknown): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL('/v1/enroll', url),
      { method: 'POST', ca: readFileSync(join(pki(), 'ca.pem')), agent: false },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      },
    );
    sent.once('error', reject);
    sent.end(JSON.stringify(body));
  });
}
