/** The page's HTTP without a browser: headers, links, bounds, and whoever has a link and no passkey. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { challengeOf as ownChallenge, statementText as spoken } from '../../src/aurora/statement.ts';
import { createSignLinks } from '../../src/sign-page/link.ts';
import { fingerprintWords, proquint } from '../../src/sign-page/page/fingerprint.js';
import { challengeOf, statementText } from '../../src/sign-page/page/statement-text.js';
import { type KeyHolder, rosterYaml, signatureOf } from '../signing/key-holders.ts';
import { statementWith } from '../signing/statements.ts';
import { commitDigest, type Desk, openDesk, statement } from './desk.ts';

const about = { userId: 'UBO', restoreId: 'R1', what: 'commit', digest: commitDigest } as const;

describe('the page over HTTP', () => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await openDesk();
    const people = rosterYaml().split('people:\n')[1] ?? '';
    await desk.writeRoster(people.trimEnd(), ['https://sign.example']);
  });
  afterEach(async () => {
    await desk.close();
  });

  const at = (path: string) => desk.url.replace('localhost', '127.0.0.1') + path;
  const post = async (call: string, body: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(at(`/sign/api/${call}`), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Record<string, unknown>,
    };
  };
  const tokenOf = (link: string) => link.split('#')[1] ?? '';
  const token = (changes: Partial<Parameters<Desk['links']['linkFor']>[0]> = {}) =>
    tokenOf(desk.links.linkFor({ ...about, ...changes }));
  const sign = (link: string, who: KeyHolder) =>
    post('sign', { link, note: '', signature: signatureOf(who, statement) });

  it.each(['/sign/', '/sign/enroll', '/sign/sign.js', '/sign/page.css'])(
    '%s is never framed, kept or mixed with others',
    async (path) => {
      const response = await fetch(at(path));

      expect(response.status).toBe(200);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-security-policy': expect.stringMatching(
          /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'$/,
        ),
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      });
      expect(await response.text()).not.toMatch(/<script(?![^>]*src=)|<style|\son[a-z]+="|https?:\/\//);
    },
  );

  it.each([
    '/sign/../../package.json',
    '/sign/%2e%2e/sign-page.ts',
    '/sign/facts.d.ts',
    '/sign/api/other',
    '/other',
  ])('%s is not there', async (path) => {
    expect((await fetch(at(path))).status).toBe(404);
  });

  it('shows what a link is about, and the passkeys of its person alone', async () => {
    const { body } = await post('open', { link: token() });

    expect(body).toMatchObject({
      statement,
      person: { id: 'T1:UBO', name: 'bo' },
      keys: [{ type: 'passkey', name: 'laptop' }],
      relyingParty: 'localhost',
      reason: 'optional',
    });
  });

  it.each<[string, (good: string) => string]>([
    ['altered', (good) => `x${good}`],
    [
      'for somebody else',
      (good) => {
        const [body = '', mac = ''] = good.split('.');
        return `${Buffer.from(Buffer.from(body, 'base64url').toString().replace('UBO', 'UCY')).toString('base64url')}.${mac}`;
      },
    ],
    ['without its seal', (good) => good.split('.')[0] ?? ''],
    [
      'of another secret',
      () => {
        const place = { publicUrl: 'https://x.example', page: null };
        return tokenOf(
          createSignLinks({ key: new Uint8Array(32).fill(1), clock: desk.office.clock, place }).linkFor(
            about,
          ),
        );
      },
    ],
    ['of nothing', () => ''],
  ])('a link that is %s opens nothing', async (_what, change) => {
    expect(await post('open', { link: change(token()) })).toMatchObject({
      status: 403,
      body: { error: expect.stringMatching(/^This link is not one that the bot has made/) },
    });
  });

  it('a link ends after an hour', async () => {
    const link = token();
    desk.office.clock.at += 60 * 60_000;

    expect(await post('open', { link })).toMatchObject({
      status: 403,
      body: {
        error:
          'This link is more than an hour old. Press the button in Slack again; its form has a new link.',
      },
    });
  });

  it("whoever has somebody's link signs nothing without their passkey", async () => {
    const stolen = token();

    expect(await sign(stolen, 'UCY')).toMatchObject({
      status: 403,
      body: { error: expect.stringMatching(/^It was made with a key that is not UBO's in the roster\./) },
    });
    expect(await sign(stolen, 'UBO')).toMatchObject({
      status: 403,
      // The software passkey was used at https://aurora.example, which this roster does not name.
      body: { error: expect.stringContaining('which the roster does not name') },
    });
    expect((await desk.office.state()).gates.commit?.signOffs).toEqual([]);
  });

  it.each<[string, Partial<Parameters<Desk['links']['linkFor']>[0]>, RegExp]>([
    ['a stranger', { userId: 'UDEE' }, /^You are not an approver of east\./],
    ['another digest', { digest: 'f'.repeat(64) }, /^What that message was about has changed since\./],
    ['what is not open', { what: 'release' }, /second look/],
    ['another restore', { restoreId: 'R2' }, /^There is no restore called R2\./],
  ])('is refused like a press: %s', async (_what, changes, sentence) => {
    expect(await post('open', { link: token(changes) })).toMatchObject({
      status: 403,
      body: { error: expect.stringMatching(sentence) },
    });
  });

  it('answers other origins only when the roster names them', async () => {
    const named = await post('open', { link: token() }, { origin: 'https://sign.example' });
    const other = await post('open', { link: token() }, { origin: 'https://evil.example' });
    const asked = await fetch(at('/sign/api/open'), {
      method: 'OPTIONS',
      headers: { origin: 'https://sign.example' },
    });

    expect(named.headers.get('access-control-allow-origin')).toBe('https://sign.example');
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
    expect(asked.status).toBe(204);
    expect(asked.headers.get('access-control-allow-headers')).toBe('content-type');
  });

  it.each<[string, unknown, Record<string, string>, number]>([
    ['what is no JSON', 'hello', {}, 400],
    ['more than a page sends', JSON.stringify({ link: 'x'.repeat(40_000) }), {}, 413],
    ['a form', 'link=x', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['another key', { link: 'x', userId: 'UBO' }, {}, 400],
  ])('refuses %s', async (_what, body, headers, status) => {
    expect((await post('open', body, headers)).status).toBe(status);
  });
});

describe('what the page computes by itself', () => {
  it('the bytes that are signed are those that hosts verify', async () => {
    const odd = statementWith({
      authors: ['T1:UBO'],
      flags: { b: null, a: "it's <b>&" },
      tasks: null,
      backup: null,
    });

    for (const each of [statementWith(), odd]) {
      expect(statementText(each)).toBe(spoken(each));
      expect(Buffer.from(await challengeOf(each))).toEqual(ownChallenge(each));
    }
  });

  it('words of a fingerprint are proquints of its hash', async () => {
    // The examples of arXiv:0901.4016: 127.0.0.1 and 63.84.220.193.
    expect([0x7f00, 0x0001, 0x3f54, 0xdcc1].map(proquint)).toEqual(['lusab', 'babad', 'gutih', 'tugad']);
    // sha256 of nothing begins with e3b0 c442 98fc 1c14 9afb f4c8.
    expect(await fingerprintWords(new Uint8Array())).toEqual([
      'vavub',
      'sidaf',
      'nogus',
      'dubih',
      'norur',
      'zigam',
    ]);
  });
});
