import { describe, expect, test } from 'vitest';
import { withoutSecrets } from '../../src/agent/flags/without-secrets.ts';
import { AuroraError, messageOf } from '../../src/aurora/errors.ts';
import { hideInJson, hideSecrets } from '../../src/aurora/hidden.ts';
import { showFlag } from '../../src/aurora/judge-flags.ts';
import { code, foreign, sentence } from '../../src/slack/escape.ts';

const secret = 'hunter2';

const texts = [
  ['a ZooKeeper address', 'zk://aurora:hunter2@zk1:2181,zk2:2181/mesos'],
  ['one whose password has a slash', 'zk://aurora:a/hunter2@zk1:2181/mesos'],
  ['one whose password has an @', 'zk://aurora:a@hunter2@zk1:2181/mesos'],
  ['one in capitals', 'ZK://aurora:hunter2@zk1:2181/mesos'],
  ['an address of HTTP', 'Mesos at http://ops:hunter2@master:5050/state does not answer'],
  ['a token of an address', 'GET /v1/status?x=1&access_token=hunter2&y=2'],
  ['a password of an address', 'https://h/p?password=hunter2'],
  ['an encoded parameter', 'to=%2Fx%3Ftoken%3Dhunter2'],
  ['a flag of a command line', 'java -zk_digest_credentials=aurora:hunter2 -ip=1.2.3.4'],
  ['a property of Java', '-Djavax.net.ssl.keyStorePassword=hunter2'],
  ['a variable', 'DB_PASSWORD="hunter2"'],
  ['JSON', '{"password": "hunter2"}'],
  ['a header', 'Authorization: Basic hunter2'],
  ['a pair as a header has it', `Basic ${Buffer.from('aurora:hunter2').toString('base64')}`],
  ['an entry of an access list', 'digest:aurora:hunter2:cdrwa'],
  ['a token of Slack', 'xoxb-123456-hunter2'],
] as const;

describe('a secret is hidden by its value', () => {
  test.each(texts)('in %s', (_what, text) => {
    const base64 = Buffer.from(`aurora:${secret}`).toString('base64');

    const shown = [
      hideSecrets(text),
      hideSecrets(hideSecrets(text)),
      messageOf(new Error(text)),
      foreign(text),
      code(text),
      sentence(text),
      showFlag('mesos_master_address', text),
      withoutSecrets({ any_flag: text })['any_flag'],
    ];

    for (const one of shown) {
      expect(one).toContain('hidden');
      expect(one).not.toContain(secret);
      expect(one).not.toContain(base64);
    }
    expect(hideSecrets(hideSecrets(text))).toBe(hideSecrets(text));
  });

  test('in every error for a person', () => {
    const error = new AuroraError({
      code: 'x',
      message: `It is ${texts[0][1]}.`,
      hint: `See ${texts[4][1]}.`,
    });

    expect(`${error.message} ${error.hint} ${error.stack}`).not.toContain(secret);
    expect(error.message).toBe('It is zk://(hidden)@zk1:2181,zk2:2181/mesos.');
  });

  test('in each text of a line of the log, which stays a line of JSON', () => {
    const line = JSON.stringify({
      level: 30,
      err: { message: texts[4][1] },
      credentials: true,
      list: [texts[0][1]],
    });

    expect(JSON.parse(hideInJson(`${line}\n`))).toEqual({
      level: 30,
      err: { message: 'Mesos at http://(hidden)@master:5050/state does not answer' },
      credentials: true,
      list: ['zk://(hidden)@zk1:2181,zk2:2181/mesos'],
    });
  });

  test('in a pair before a host that has no scheme', () => {
    expect(withoutSecrets({ zk_endpoints: 'zk0:2181,aurora:hunter2@zk1:2181' })).toEqual({
      zk_endpoints: 'zk0:2181,(hidden)@zk1:2181',
    });
  });
});

test.each([
  'zk://zk1:2181,zk2:2181/mesos/master',
  'http://master:5050/api/v1?operator=1',
  'The scheduler refuses getTasksStatus without valid credentials (HTTP 401).',
  'Check the user and password of this cluster: wrong ones are refused even for reads.',
  'Basic authentication is off, and digest: sha256 is not a user.',
  'T1:U3 signed off at 12:30, see https://wiki/x#a and ask oncall@example.org',
  'paramsSha256 is of another operation, and tokens are in the environment.',
])('words without a secret stay as they are: %s', (text) => {
  expect(hideSecrets(text)).toBe(text);
});

test('a long text from anybody costs no time', () => {
  for (const part of ['zk://', 'a', 'token', '://', '=', 'digest:a', 'basic ']) {
    expect(hideSecrets(part.repeat(20_000 / part.length))).not.toBe('');
  }
});
