/** What `setup` writes: read back with the parsers of the programs that will read it, and never written twice. */
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseAgentConfig } from '../../src/agent/config.ts';
import { createGrantSigner } from '../../src/agent/grant-signer.ts';
import { readBotConfig } from '../../src/cli/config.ts';
import { listHeld } from '../../src/pki/directory.ts';
import { parseSome, parseTyped, requireAll, type SomeAnswers } from '../../src/setup/answers.ts';
import { compareInstallation, writeInstallation } from '../../src/setup/installation.ts';

const given: SomeAnswers = {
  cluster: 'east',
  auroraVersion: '0.22.0',
  channel: 'C012AB3CD',
  approvers: ['U1', 'U2', 'U3'],
  zookeeper: ['zk1:2181'],
  serversetPath: '/aurora/scheduler',
  logGroupPath: '/aurora/replicated-log',
  masters: ['http://mesos1:5050'],
  hosts: ['1', '2', '3'].map((n) => ({
    name: `aurora-${n}`,
    address: `aurora-${n}.example.org`,
    libprocess: `10.0.0.${n}:8083`,
  })),
  log: '/data/100%/db',
  backups: '/data/backups',
};
let parent: string;
let directory: string;
const at = (file: string): string => join(directory, file);
const read = (file: string): string => readFileSync(at(file), 'utf8');
const write = (more: SomeAnswers = {}, signal = new AbortController().signal) =>
  writeInstallation({
    directory,
    answers: requireAll({ ...given, ...more }),
    notes: ['One note.'],
    now: Date.now(),
    checkBot: readBotConfig,
    signal,
  });

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'aurora-setup-'));
  directory = join(parent, 'out');
});

describe('an installation', () => {
  it('is read by the bot and by each agent, which trust each other', async () => {
    await write();

    const bot = await readBotConfig(at('bot/bot.yml'));
    const agents = ['aurora-1', 'aurora-2', 'aurora-3'].map((name) =>
      parseAgentConfig(read(`hosts/${name}/agent.yaml`), name),
    );
    const { publicKey } = createGrantSigner(read('bot/secrets/grant-key'));

    expect(bot.clusters[0]?.hosts.map(({ name, agent }) => `${name} ${agent}`)).toEqual([
      'aurora-1 https://aurora-1.example.org:8090',
      'aurora-2 https://aurora-2.example.org:8090',
      'aurora-3 https://aurora-3.example.org:8090',
    ]);
    expect(agents.map(({ trust }) => trust.publicKeys)).toEqual([[publicKey], [publicKey], [publicKey]]);
    expect(agents.map(({ host, paths }) => `${host} ${paths.log}`)).toEqual([
      'aurora-1 /data/100%/db',
      'aurora-2 /data/100%/db',
      'aurora-3 /data/100%/db',
    ]);
    expect(
      (await listHeld(at('pki'))).map(({ name, use, names, fault }) => [name, use, names, fault]),
    ).toEqual([
      ['ca', null, [], null],
      ['aurora-1', 'server', ['aurora-1.example.org'], null],
      ['aurora-2', 'server', ['aurora-2.example.org'], null],
      ['aurora-3', 'server', ['aurora-3.example.org'], null],
      ['bot', 'client', ['bot'], null],
    ]);
  });

  it('has no file that anybody else can read, and no key where it does not belong', async () => {
    const files = await write();

    expect(files.map((file) => statSync(at(file)).mode & 0o077)).toEqual(files.map(() => 0));
    expect(files.filter((file) => /key$/.test(file))).toEqual([
      'bot/bot.key',
      'bot/secrets/grant-key',
      'hosts/aurora-1/agent.key',
      'hosts/aurora-2/agent.key',
      'hosts/aurora-3/agent.key',
      'pki/aurora-1.key',
      'pki/aurora-2.key',
      'pki/aurora-3.key',
      'pki/bot.key',
      'pki/ca.key',
    ]);
  });

  it('gives the packaged unit the paths of agent.yaml, percent signs and all', async () => {
    await write();

    expect(read('hosts/aurora-2/aurora-chatops-agent.service.d/50-paths.conf')).toContain(
      'ReadWritePaths=\nReadWritePaths="-/etc/systemd/system" "-/etc/default" "-/data/100%%" "-/data"\n',
    );
  });

  it('has a role of which every file is there that it copies', async () => {
    const files = await write();

    const tasks: { 'ansible.builtin.copy'?: { src: string } }[] = parse(
      read('ansible/roles/aurora_chatops_agent/tasks/main.yml'),
    );
    const copied = tasks.flatMap((task) => task['ansible.builtin.copy']?.src ?? []);
    const inventory = parse(read('ansible/inventory.yml'));

    expect(Object.keys(inventory.aurora_schedulers.hosts)).toEqual(['aurora-1', 'aurora-2', 'aurora-3']);
    expect(copied).toHaveLength(6);
    for (const source of copied)
      expect(files).toContain(
        source.replace('{{ playbook_dir }}/../', '').replace('{{ inventory_hostname }}', 'aurora-3'),
      );
  });

  it('leaves the keys of its hosts to them when they enroll', async () => {
    const files = await write({ hostKeys: 'enrolled' });

    expect(files.filter((file) => /aurora-\d\.(pem|key)$|agent\.(pem|key)$/.test(file))).toEqual([]);
    expect(read('NEXT-STEPS.md')).toContain('aurora-chatops enroll open --host aurora-1');
  });

  it('names in NEXT-STEPS.md only files that it has written', async () => {
    const files = await write();

    const named = [
      ...read('NEXT-STEPS.md').matchAll(/(?<![\w/-])((?:bot|hosts|ansible|pki)\/[\w./-]*[\w])/g),
    ].map(([, path = '']) => path);
    expect(named.length).toBeGreaterThan(10);
    expect(
      named.filter((path) => !files.some((file) => file === path || file.startsWith(`${path}/`))),
    ).toEqual([]);
  });
});

describe('a second run', () => {
  it('changes nothing, and says that nothing differs', async () => {
    await write();
    const before = snapshot();

    const differences = await compareInstallation(directory, requireAll(given));

    expect(differences).toEqual([]);
    await expect(write()).rejects.toMatchObject({ code: 'setup-not-empty' });
    expect(snapshot()).toEqual(before);
  });

  it('says what differs, line by line, and what is not there', async () => {
    await write();
    writeFileSync(at('bot/bot.yml'), read('bot/bot.yml').replace('C012AB3CD', 'C099'));
    const four = [...(given.hosts ?? []), { name: 'aurora-4', address: 'a4', libprocess: '10.0.0.4:8083' }];

    expect(await compareInstallation(directory, requireAll(given))).toEqual([
      expect.stringMatching(
        /^bot\/bot\.yml differs at line \d+: it has "channel: C099", and these answers give "channel: C012AB3CD"\.$/,
      ),
    ]);
    expect(await compareInstallation(directory, requireAll({ ...given, hosts: four }))).toEqual(
      expect.arrayContaining([
        'hosts/aurora-4/agent.yaml is not there.',
        'pki/aurora-4.pem is not there: issue it with "aurora-chatops pki issue aurora-4".',
      ]),
    );
  });

  it('takes a directory of somebody else for what it is', async () => {
    directory = parent;
    writeFileSync(join(parent, 'notes.txt'), 'mine');

    await expect(write()).rejects.toMatchObject({ code: 'setup-not-empty' });
    expect(await compareInstallation(parent, requireAll(given))).toEqual([
      expect.stringMatching(/not a directory that setup has written/),
    ]);
    expect(readdirSync(parent)).toEqual(['notes.txt']);
  });
});

describe('nothing half written is left', () => {
  it('when somebody stops it', async () => {
    const stopped = new AbortController();
    stopped.abort(new Error('stopped'));

    await expect(write({}, stopped.signal)).rejects.toThrow('stopped');

    expect(readdirSync(parent)).toEqual([]);
  });

  it('when the bot would not take its configuration', async () => {
    await expect(write({ hosts: given.hosts?.slice(0, 2) })).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringMatching(/odd number of replicas, here are 2/),
    });

    expect(readdirSync(parent)).toEqual([]);
  });

  it('when an agent would not take its configuration', async () => {
    await expect(write({ backups: '/data/100%/db/backups' })).rejects.toMatchObject({
      message: expect.stringMatching(/hosts\/aurora-1\/agent\.yaml is not valid: line \d+, paths:/),
    });

    expect(readdirSync(parent)).toEqual([]);
  });
});

describe('answers', () => {
  it('that are missing are all named, with an example each', () => {
    expect(() => requireAll({ cluster: 'east' })).toThrow(
      /auroraVersion: .*\n {2}zookeeper: .*\n {2}serversetPath: .*\n {2}logGroupPath: .*\n {2}hosts: .*\n {2}masters: /,
    );
  });

  it.each<[keyof SomeAnswers, string]>([
    ['cluster', '../east'],
    ['hosts', 'aurora-1'],
    ['hosts', 'aurora 1=10.0.0.1:8083'],
    ['hosts', '../x=10.0.0.1:8083'],
    ['zookeeper', 'zk1'],
    ['masters', 'mesos1:5050'],
    ['log', 'db'],
    ['log', '/a\nReadWritePaths=/'],
    ['approvers', 'ana'],
    ['channel', '#restores'],
  ])('%s cannot be %j', (key, text) => {
    expect(() => parseTyped(key, text)).toThrow(/Something is wrong with the answer/);
  });

  it('of docs/install.md are whole, and make an installation', async () => {
    const page = readFileSync(new URL('../../docs/install.md', import.meta.url), 'utf8');
    const [, yaml = ''] = /```yaml\n([^`]+)```/.exec(page) ?? [];
    const answers = parseSome(parse(yaml), 'docs/install.md');

    await write(answers);

    expect(await compareInstallation(directory, requireAll(answers))).toEqual([]);
  });

  it.each(['bot', 'CA'])('no host is called %s', (name) => {
    const [first, ...others] = given.hosts ?? [];
    if (first === undefined) throw new Error('no host');

    expect(() => requireAll({ ...given, hosts: [{ ...first, name }, ...others] })).toThrow(
      /name of another certificate/,
    );
  });

  it('two hosts of one name are told', () => {
    const [first, , third] = given.hosts ?? [];
    if (first === undefined || third === undefined) throw new Error('no hosts');

    expect(() => requireAll({ ...given, hosts: [first, { ...first, name: 'AURORA-1' }, third] })).toThrow(
      /Two hosts are called/,
    );
  });
});

function snapshot(): Record<string, string> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files.map(({ parentPath, name }) => [
      join(parentPath, name),
      readFileSync(join(parentPath, name), 'utf8'),
    ]),
  );
}
