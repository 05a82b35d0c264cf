import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { buildTools } from '../../../src/agent/agent.ts';
import { checkHost } from '../../../src/agent/check/check-host.ts';
import type { Finding } from '../../../src/agent/check/finding.ts';
import type { AgentConfig } from '../../../src/agent/config.ts';
import { openOperationJournal } from '../../../src/agent/operation-journal.ts';
import { makePrivate } from '../../../src/agent/private-file.ts';
import { systemClock } from '../../../src/aurora/system-clock.ts';
import { createAuthority } from '../../../src/drill/namespaces/certificates.ts';
import { createSigners } from '../../signing/signers.ts';
import { createTestHost, flagText, type TestHost } from '../support/test-host.ts';

let host: TestHost;
beforeEach(async () => {
  const made = await createTestHost();
  host = { ...made, config: { ...made.config, paths: { ...made.config.paths, mesosLog: '/bin/true' } } };
  await writeFile(host.path('flags'), flagText.replace('/b\n', `${host.path('backups')}\n`));
});
afterEach(() => host.dispose());

const check = (config: AgentConfig = host.config): Promise<readonly Finding[]> =>
  checkHost(buildTools(config, systemClock, null), host.configPath);
const withDrivers = (drivers: Partial<AgentConfig['drivers']>): AgentConfig => ({
  ...host.config,
  drivers: { ...host.config.drivers, ...drivers },
});
const withTls = async (days: number, use: 'server' | 'client' = 'server'): Promise<AgentConfig> => {
  const authority = await createAuthority(host.path('ca'), 'ours');
  const { certPath, keyPath } = await authority.issue('aurora-1', { for: use, days });
  return { ...host.config, tls: { cert: certPath, key: keyPath, clientCa: authority.certPath } };
};

describe('checkHost()', () => {
  test('finds a good host ready, and changes nothing on it', async () => {
    await host.startSchedulerByHand();
    const before = await readdir(host.dir, { recursive: true });

    const findings = await check();

    expect(findings.filter(({ level }) => level === 'problem')).toEqual([]);
    expect(findings.every(({ level, hint }) => (level === 'ok') === (hint === ''))).toBe(true);
    expect(await readdir(host.dir, { recursive: true })).toEqual(before);
  });

  test.each<[string, RegExp, () => Promise<AgentConfig | undefined>]>([
    [
      'a log that is not there',
      /no replicated log/,
      async () => {
        await rm(host.path('db'), { recursive: true });
        return undefined;
      },
    ],
    [
      'foreign content in the log',
      /files that are not the log's: notes\.txt/,
      async () => {
        await writeFile(host.path('db', 'notes.txt'), '');
        return undefined;
      },
    ],
    [
      'flags that are not understood',
      /neither -name=value nor a comment/,
      async () => {
        await writeFile(host.path('flags'), 'export A=1\n');
        return undefined;
      },
    ],
    [
      'a flag that the release has not',
      /no flag -gc_executor_path/,
      async () => {
        await writeFile(host.path('flags'), `${flagText}-gc_executor_path=/x\n`);
        return undefined;
      },
    ],
    [
      'a file of a flag that is not there',
      /-tier_config=\/nonexistent names a file that does not exist/,
      async () => {
        await writeFile(host.path('flags'), `${flagText}-tier_config=/nonexistent\n`);
        return undefined;
      },
    ],
    [
      'credentials that are none, which are not told',
      /-zk_digest_credentials is not user:password/,
      async () => {
        await writeFile(host.path('flags'), `${flagText}-zk_digest_credentials=hunter2\n`);
        return undefined;
      },
    ],
    [
      'a backup directory that is another one',
      /-backup_dir=\/elsewhere/,
      async () => {
        await writeFile(host.path('flags'), '-backup_dir=/elsewhere\n');
        return undefined;
      },
    ],
    [
      'a state directory that is open',
      /open to other accounts/,
      async () => {
        await mkdir(host.path('state'));
        await chmod(host.path('state'), 0o755);
        return undefined;
      },
    ],
    [
      'a state directory that another account may put its own in the place of',
      /does not belong to root alone/,
      async () => {
        await mkdir(host.path('theirs'));
        await chown(host.path('theirs'), 1000, 1000);
        return { ...host.config, paths: { ...host.config.paths, state: host.path('theirs', 'state') } };
      },
    ],
    [
      'a log behind a link that another account may change',
      /"link" on the way is a symbolic link that another account may change/,
      async () => {
        await chmod(host.dir, 0o755);
        await mkdir(host.path('theirs'));
        await chown(host.path('theirs'), 1000, 1000);
        await symlink(host.dir, host.path('theirs', 'link'));
        const log = host.path('theirs', 'link', 'db');
        return { ...host.config, paths: { ...host.config.paths, log } };
      },
    ],
    [
      'an audit log that was changed',
      /audit log was changed/,
      async () => {
        await mkdir(host.path('state'), { mode: 0o700 });
        await writeFile(host.path('state', 'audit.jsonl'), 'hello\nworld\n');
        return undefined;
      },
    ],
    [
      'a tool that is missing',
      /\/usr\/bin\/no-mesos-log does not exist/,
      async () => ({ ...host.config, paths: { ...host.config.paths, mesosLog: '/usr/bin/no-mesos-log' } }),
    ],
    [
      'a log that root would make',
      /would run as root/,
      async () => {
        await chown(host.path('db'), 1000, 1000);
        return withDrivers({
          initializeLog: { kind: 'command', argv: ['/bin/true', 'initialize', '{path}'] },
        });
      },
    ],
    [
      'a recovery tool that root would run',
      /The recovery tool would run as root/,
      async () => {
        await chown(host.path('db'), 1000, 1000);
        return withDrivers({
          recoveryTool: { kind: 'command', program: '/bin/true', argv: ['/bin/true', '{backup}'], env: {} },
        });
      },
    ],
    [
      'a service manager that is not there',
      /command-not-started|could not be started|has no unit|ended with/,
      async () =>
        withDrivers({
          service: {
            kind: 'systemd',
            unit: 'aurora-scheduler.service',
            manager: 'system',
            systemctl: '/usr/bin/no-systemctl',
            unitDirectory: '/etc/systemd/system',
          },
        }),
    ],
    ['a certificate that has expired', /tls\.cert has expired/, async () => withTls(-1)],
    ["a certificate that is a client's", /not meant for servers/, async () => withTls(90, 'client')],
    [
      'a configuration that others may change',
      /agent\.yaml \(the configuration\) can be changed by other accounts/,
      async () => {
        await chmod(host.configPath, 0o666);
        return undefined;
      },
    ],
    [
      'a configuration of another account',
      /belongs to another account \(uid 1000\)/,
      async () => {
        await chown(host.configPath, 1000, 1000);
        return undefined;
      },
    ],
    [
      'a directory above in which others may put another file',
      /which leads to the configuration .* can be changed by other accounts/,
      async () => {
        await chmod(host.dir, 0o777);
        return undefined;
      },
    ],
    [
      'a key that others may read behind a link',
      /which leads to tls\.key .* can be read by other accounts/,
      async () => {
        const { tls, ...config } = await withTls(90);
        if (tls === undefined) throw new Error('no tls');
        await chmod(tls.key, 0o640);
        await symlink(tls.key, host.path('link.key'));
        return { ...config, tls: { ...tls, key: host.path('link.key') } };
      },
    ],
    [
      'a journal that others may read',
      /operations\.sqlite \(the journal\) can be read/,
      async () => {
        await mkdir(host.path('state'), { mode: 0o700 });
        await writeFile(host.path('state', 'operations.sqlite'), '', { mode: 0o644 });
        return undefined;
      },
    ],
    [
      'a key that others may read',
      /tls\.key\) can be read by other accounts/,
      async () => {
        const config = await withTls(90);
        await chmod(config.tls?.key ?? '', 0o644);
        return config;
      },
    ],
    [
      'a scheduler on other ports',
      /httpPort|takes? a running scheduler|libprocess port .* is free/,
      async () => {
        await host.startSchedulerByHand();
        return { ...host.config, scheduler: { ...host.config.scheduler, libprocess: '127.0.0.1:1' } };
      },
    ],
  ])('tells of %s', async (_what, message, prepare) => {
    const config = await prepare();

    const problems = (await check(config)).filter(({ level }) => level === 'problem');

    expect(problems.map(({ what }) => what).join('\n')).toMatch(message);
    expect(problems.every(({ hint }) => hint.endsWith('.'))).toBe(true);
  });

  test.each<[string, RegExp, number, number]>([
    ['its own', /belongs to the account of the scheduler \(uid 1000\), which can replace/, 1000, 0o755],
    ['another account', /belongs to uid 1001, which is neither root nor the account/, 1001, 0o755],
    ['everybody', /^Every account of this host can replace/, 0, 0o777],
    ['nobody but root', /belongs to root/, 0, 0o755],
  ])('says what it means that the backups are open to %s', async (_who, says, uid, mode) => {
    await chown(host.path('db'), 1000, 1000);
    await chown(host.path('backups'), uid, uid);
    await chmod(host.path('backups'), mode);

    const said = (await check())
      .map(({ what }) => what)
      .filter((what) => what.includes(host.path('backups')));

    expect(said).toContainEqual(expect.stringMatching(says));
  });

  test('has nothing against root where the scheduler is root’s too', async () => {
    const config = withDrivers({
      initializeLog: { kind: 'command', argv: ['/bin/true', 'initialize', '{path}'] },
    });

    expect(await check(config)).not.toContainEqual(expect.objectContaining({ level: 'problem' }));
    await host.startSchedulerByHand();
    await chown(host.path('db'), 1000, 1000);
    expect(await check(config)).not.toContainEqual(expect.objectContaining({ level: 'problem' }));
  });

  test('names each program once', async () => {
    const said = (await check()).map(({ what }) => what);

    expect(said.filter((what) => what === `${process.execPath} is there.`)).toHaveLength(1);
    expect(said).toEqual([...new Set(said)]);
  });

  describe('of a process that still runs with what a restore held', () => {
    const flags = async () => await readFile(host.path('flags'), 'utf8');
    /** Starts with the flags of the file and `held`, which the restore then takes back. */
    const startHeld = async (held: Record<string, string | null>): Promise<void> => {
      const driver = buildTools(host.config, systemClock, null).flags;
      await driver.set({ restoreId: 'R7', flags: held });
      const file = host.path('scheduler.json');
      const words = JSON.parse(await readFile(file, 'utf8')) as string[];
      const own = (await flags()).split('\n').filter((line) => line.startsWith('-'));
      await writeFile(file, JSON.stringify([...words, ...own]));
      await host.startSchedulerByHand();
      await driver.restore('R7');
      await mkdir(host.path('state'), { mode: 0o700 });
      makePrivate(host.path('state', 'operations.sqlite'));
      const journal = openOperationJournal(host.path('state', 'operations.sqlite'));
      journal.acceptState(['R7'], 1);
      journal.close();
    };
    const later = async (): Promise<readonly Finding[]> =>
      (await check()).filter(({ level, what }) => level !== 'ok' && !/TLS|DNS/.test(what));

    test.each(['', '-reconciliation_initial_delay=1mins\n'])(
      'warns, and says which restore it was: "%s"',
      async (line) => {
        await writeFile(host.path('flags'), `${await flags()}${line}`);
        await startHeld({ reconciliation_initial_delay: '365days' });

        expect(await later()).toEqual([
          {
            level: 'warning',
            what: "The scheduler still runs with the long reconciliation delay of restore R7; its next start takes the flag file's.",
            hint: expect.stringMatching(/\.$/),
          },
        ]);
      },
    );

    test('says that the GC executor is off where a release has one', async () => {
      host = { ...host, config: { ...host.config, auroraVersion: '0.8.0' } };
      await writeFile(host.path('flags'), `${await flags()}-gc_executor_path=/gc\n`);
      await startHeld({ gc_executor_path: null });

      expect(await later()).toEqual([
        expect.objectContaining({
          level: 'warning',
          what: "The scheduler still runs without the GC executor, as restore R7 started it; its next start takes the flag file's.",
        }),
      ]);
    });

    test('calls it a problem when another flag differs besides', async () => {
      await startHeld({ reconciliation_initial_delay: '365days', mesos_master_address: 'zk://x:1/y' });

      expect(await later()).toEqual([
        expect.objectContaining({
          level: 'problem',
          what: expect.stringMatching(/other flags .*: -mesos_master_address/),
        }),
      ]);
    });

    test('calls it a problem when no restore has set the delay', async () => {
      await writeFile(host.path('flags'), `${await flags()}-reconciliation_initial_delay=1mins\n`);
      await startHeld({ reconciliation_initial_delay: '365days' });
      const aside = (await readdir(host.dir)).filter((name) => name.includes('.changed-'));
      await Promise.all(aside.map((name) => rm(host.path(name))));

      expect(await later()).toEqual([
        expect.objectContaining({
          level: 'problem',
          what: expect.stringMatching(/: -reconciliation_initial_delay\.$/),
        }),
      ]);
    });
  });

  describe("of people's own signatures", () => {
    const found = async (): Promise<readonly Finding[]> => {
      const roster = host.path('people.yaml');
      const findings = await check({ ...host.config, people: { mode: 'require', roster } });
      return findings.filter(({ what }) => /roster|signatures|has one key/.test(what));
    };

    test('says what is asked, of how many, and who has but one key', async () => {
      await writeFile(host.path('people.yaml'), createSigners().rosterYaml.replace(/^.*phone.*\n/m, ''));

      expect(await found()).toEqual([
        {
          level: 'ok',
          what: expect.stringMatching(/signatures: require\..* 3 people and 5 keys\./),
          hint: '',
        },
        {
          level: 'warning',
          what: 'ana has one key: if it is lost, they can no longer sign.',
          hint: expect.any(String),
        },
      ]);
    });

    test('names every fault of a roster that is wrong, which is a problem', async () => {
      await writeFile(host.path('people.yaml'), 'people: [{ id: nobody, name: "", keys: [] }]');

      expect(await found()).toEqual([
        {
          level: 'problem',
          what: expect.stringMatching(/people\.0\.id: must be team:user.*people\.0\.name/),
          hint: expect.any(String),
        },
      ]);
    });

    test('calls a roster that others may write a problem', async () => {
      await writeFile(host.path('people.yaml'), createSigners().rosterYaml);
      await chmod(host.path('people.yaml'), 0o666);

      expect(await found()).toEqual([
        expect.objectContaining({ level: 'problem', what: expect.stringMatching(/written by others/) }),
      ]);
    });
  });

  test.each<[string, RegExp, () => AgentConfig | Promise<AgentConfig>]>([
    ['a certificate that expires soon', /tls\.cert expires in 9 day/, () => withTls(10)],
    ['an agent without TLS', /speaks without TLS/, () => host.config],
    [
      'traffic that nobody blocks',
      /not blocked during a restore/,
      () => withDrivers({ traffic: { kind: 'none' } }),
    ],
    ['a scheduler that is stopped', /does not run/, () => host.config],
  ])('warns of %s', async (_what, message, configOf) => {
    const warnings = (await check(await configOf())).filter(({ level }) => level === 'warning');

    expect(warnings.map(({ what }) => what).join('\n')).toMatch(message);
  });
});

test.each([
  ['that nobody blocks', { kind: 'none' } as const],
  ['of a driver that is not there', { kind: 'nftables', table: 'ours', nft: '/usr/bin/no-nft' } as const],
])('for traffic %s it proposes the driver that answers here', async (_what, traffic) => {
  const findings = await check(withDrivers({ traffic }));

  const hints = findings.filter(({ level }) => level !== 'ok').map(({ hint }) => hint);

  expect(hints.join('\n')).toContain('Here "drivers.traffic: { kind: nftables }" works.');
});

test('names the machine first', async () => {
  const [first] = await check();

  expect(first?.what).toMatch(/^This machine has Linux \S+, glibc [\d.]+, systemd \d+\.$/);
});

describe('the program', () => {
  const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
  const run = (...words: readonly string[]) =>
    promisify(execFile)(process.execPath, [main, 'agent', ...words]).then(
      ({ stdout }) => ({ code: 0, stdout }),
      (error: { code: number; stdout: string }) => ({ code: error.code, stdout: error.stdout }),
    );

  test('agent check says it in words and ends with 1 when something is missing', async () => {
    await writeFile(
      host.path('agent.yaml'),
      stringify({ ...host.config, paths: { ...host.config.paths, mesosLog: '/nowhere' } }),
    );

    const words = await run('check', '--config', host.path('agent.yaml'));
    const lines = await run('check', '--json', '--config', host.path('agent.yaml'));

    expect(words.code).toBe(1);
    expect(words.stdout).toMatch(/problem {2}\/nowhere does not exist\.\n {9}Install it/);
    expect(words.stdout).toMatch(/aurora-1 is not ready: 1 problem/);
    expect(
      lines.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).level),
    ).toContain('problem');
  });

  test('agent verify-audit ends with 1 for a directory without an audit log', async () => {
    expect(await run('verify-audit', host.path('backups'))).toMatchObject({ code: 1 });
  });
});
