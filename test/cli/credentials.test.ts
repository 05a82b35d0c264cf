/** Masters that ask who asks: from the bot's configuration to the wire, with credentials and certificates from files. */
import { readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { openClusters } from '../../src/cli/cluster-access.ts';
import { readBotConfig } from '../../src/cli/config.ts';
import { type Authority, createAuthority } from '../../src/drill/namespaces/certificates.ts';
import { frameworkId, frameworksBody } from '../mesos/bodies.ts';
import { type FakeMaster, type Reply, startFakeMaster } from '../mesos/fake-master.ts';

const secret = 'bot:p:a ss-Ünd';
const basic = `Basic ${Buffer.from(secret).toString('base64')}`;
const started: FakeMaster[] = [];
let ours: Authority;
let directory: string;

beforeAll(async () => {
  ours = await createAuthority(await mkdtemp(join(tmpdir(), 'aurora-authority-')), 'ours');
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aurora-credentials-'));
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((master) => master.close()));
});

async function master(guard: Parameters<typeof startFakeMaster>[1] = {}): Promise<FakeMaster> {
  const fake = await startFakeMaster({ GET_FRAMEWORKS: { json: frameworksBody() } }, guard);
  started.push(fake);
  return fake;
}

/** Takes one Authorization header, and answers any other as Mesos does. */
const only =
  (wanted: string) =>
  (header: string | undefined): Reply | null =>
    header === wanted ? null : { status: 401 };

const put = (name: string, text: string): Promise<void> => writeFile(join(directory, name), text);

/** What the bot reaches with this in its configuration. */
async function mesosOf(masters: readonly FakeMaster[], keys = '', zookeeperKeys = '') {
  const path = join(directory, 'bot.yml');
  const urls = masters.map(({ url }) => `"${url}"`).join(', ');
  await writeFile(
    path,
    `
state: ./state
grantKey: ./grant.pem
slack: { mode: socket }
clusters:
  - name: east
    auroraVersion: 0.22.0
    channel: C0EAST
    zookeeper: { servers: ["127.0.0.1:2181"], serversetPath: /aurora/scheduler, logGroupPath: /aurora/replicated-log${zookeeperKeys} }
    mesos: { masters: [${urls}]${keys} }
    hosts:
      - { name: aurora-1, agent: "http://127.0.0.1:7071", advertised: aurora-1, httpPort: 8081, libprocess: "10.0.0.1:8083" }
    policy: { approvers: [U1, U2] }
`,
  );
  const config = await readBotConfig(path);
  const access = openClusters(config, systemClock).get('east');
  if (access === undefined) throw new Error('east is configured');
  return { config, mesos: access.mesos };
}

describe('a master that wants credentials', () => {
  it.each([
    ['basic', 'basic: ./secret', `${secret}\n`, basic],
    ['bearer', 'bearer: ./secret', 'a.b-c\n', 'Bearer a.b-c'],
  ])('takes %s ones from a file', async (_kind, key, text, header) => {
    await put('secret', text);
    const { config, mesos } = await mesosOf(
      [await master({ authorize: only(header) })],
      `, credentials: { ${key} }`,
    );

    const frameworks = await mesos.listFrameworks();

    expect(frameworks).toMatchObject([{ frameworkId }]);
    expect(JSON.stringify(config)).not.toContain(text.trim());
  });

  it('says where to put them when there are none', async () => {
    const { mesos } = await mesosOf([await master({ authorize: only(basic) })]);

    await expect(mesos.listFrameworks()).rejects.toMatchObject({
      code: 'mesos-unauthorized',
      message: expect.stringMatching(
        /^The Mesos master refuses the bot \(http.*: HTTP 401: it requires credentials, and none were sent\)\.$/,
      ) as unknown,
      hint: expect.stringContaining('mesos.credentials.basic') as unknown,
    });
  });

  it('that are wrong says so, and nobody reads them in the error', async () => {
    await put('secret', 'bot:wrong-word');
    const { mesos } = await mesosOf(
      [await master({ authorize: only(basic) })],
      ', credentials: { basic: ./secret }',
    );

    const error: unknown = await mesos.listFrameworks().catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({
      code: 'mesos-unauthorized',
      message: expect.stringContaining('rejects the credentials') as unknown,
    });
    expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(/wrong-word|Basic/);
  });

  it('which an ACL does not let ask says what was not allowed', async () => {
    await put('secret', secret);
    const { mesos } = await mesosOf(
      [await master({ authorize: () => ({ status: 403 }) })],
      ', credentials: { basic: ./secret }',
    );

    await expect(mesos.listFrameworks()).rejects.toMatchObject({
      code: 'mesos-unauthorized',
      message: expect.stringContaining('GET_FRAMEWORKS is not allowed with these credentials') as unknown,
    });
  });

  it('takes a token that was changed while the bot runs', async () => {
    await put('secret', 'old');
    const { mesos } = await mesosOf(
      [await master({ authorize: only('Bearer new') })],
      ', credentials: { bearer: ./secret }',
    );
    const before = await mesos.listFrameworks().catch((error: unknown) => error);

    await put('secret', 'new\n');

    expect(before).toMatchObject({ code: 'mesos-unauthorized' });
    expect(await mesos.listFrameworks()).toHaveLength(1);
  });

  it.each([
    ['is not there', null, /^The file of mesos\.credentials\.basic \(.*secret\) cannot be read: ENOENT/],
    ['has no colon', 'hunter2', /^The file of mesos\.credentials\.basic \(.*\) does not hold what belongs/],
    ['is empty', '\n', /does not hold what belongs/],
    ['has two lines', 'bot:hunter2\nother:line', /does not hold what belongs/],
  ])('of which the file %s: the bot says so at its start, without its words', async (_what, text, words) => {
    if (text !== null) await put('secret', text);

    const error = await mesosOf([await master()], ', credentials: { basic: ./secret }').catch(
      (thrown: unknown) => thrown,
    );

    expect(error).toMatchObject({ code: 'config-invalid', message: expect.stringMatching(words) as unknown });
    expect(String(error)).not.toContain('hunter2');
  });
});

it('the digest of ZooKeeper comes from a file as well, which is looked at when the bot starts', async () => {
  const withFile = async () => await mesosOf([await master()], '', ', digestCredentials: ./digest');
  const missing = await withFile().catch((thrown: unknown) => thrown);
  await put('digest', 'aurora:hunter2');

  const { config } = await withFile();

  expect(missing).toMatchObject({
    code: 'config-invalid',
    message: expect.stringContaining('The file of zookeeper.digestCredentials (') as unknown,
  });
  expect(config.clusters[0]?.zookeeper.digestCredentials).toBe(join(directory, 'digest'));
  expect(JSON.stringify(config)).not.toContain('hunter2');
});

describe('a master with a certificate', () => {
  const read = (path: string): string => readFileSync(path, 'utf8');
  const issued = async (name: string, use: 'server' | 'client') => {
    const made = await ours.issue(name, { for: use });
    return { cert: read(made.certPath), key: read(made.keyPath), ...made };
  };

  it('of an authority of our own is believed when the authority is named, and only then', async () => {
    const fake = await master({ tls: await issued('master', 'server') });
    const named = await mesosOf([fake], `, tls: { ca: ${ours.certPath} }`);
    const unnamed = await mesosOf([fake]);

    expect(await named.mesos.listFrameworks()).toHaveLength(1);
    await expect(unnamed.mesos.listFrameworks()).rejects.toMatchObject({
      code: 'mesos-unreachable',
      message: expect.stringContaining('name the authority of its certificate as mesos.tls.ca') as unknown,
    });
  });

  it('that wants one of ours gets it, and is not answered by silence when there is none', async () => {
    const tls = { ...(await issued('strict', 'server')), ca: read(ours.certPath), requestCert: true };
    const fake = await master({ tls });
    const own = await issued('bot', 'client');
    const shown = await mesosOf(
      [fake],
      `, tls: { ca: ${ours.certPath}, cert: ${own.certPath}, key: ${own.keyPath} }`,
    );
    const bare = await mesosOf([fake], `, tls: { ca: ${ours.certPath} }`);

    expect(await shown.mesos.listFrameworks()).toHaveLength(1);
    await expect(bare.mesos.listFrameworks()).rejects.toMatchObject({
      message: expect.stringContaining('mesos.tls.cert and mesos.tls.key') as unknown,
    });
  });

  it('that redirects to one without gets no credentials sent there', async () => {
    await put('secret', secret);
    const seen: (string | undefined)[] = [];
    const plain = await master({
      authorize: (header) => {
        seen.push(header);
        return null;
      },
    });
    const fake = await master({
      tls: await issued('redirecting', 'server'),
      authorize: () => ({ status: 307, location: `${plain.url}/api/v1` }),
    });
    const { mesos } = await mesosOf(
      [fake],
      `, credentials: { basic: ./secret }, tls: { ca: ${ours.certPath} }`,
    );

    await expect(mesos.listFrameworks()).rejects.toMatchObject({
      message: expect.stringContaining('where credentials would go unencrypted') as unknown,
    });
    expect(seen).toEqual([]);
  });

  it('a redirect to another master with a certificate is followed with the credentials', async () => {
    await put('secret', secret);
    const leader = await master({ tls: await issued('leading', 'server'), authorize: only(basic) });
    const fake = await master({
      tls: await issued('standing-by', 'server'),
      authorize: () => ({ status: 307, location: `//${new URL(leader.url).host}/api/v1` }),
    });
    const { mesos } = await mesosOf(
      [fake],
      `, credentials: { basic: ./secret }, tls: { ca: ${ours.certPath} }`,
    );

    expect(await mesos.listFrameworks()).toHaveLength(1);
  });

  it.each([
    ['no master with https', ', tls: { ca: ./ca.pem }', 'tls is set, and no master has a https address'],
    ['both kinds of credentials', ', credentials: { basic: a, bearer: b }', 'credentials'],
    ['a certificate without its key', ', tls: { ca: a, cert: b }', 'tls.cert and tls.key belong together'],
  ])('%s is refused in the configuration', async (_what, keys, words) => {
    const error = await mesosOf([await master()], keys).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining(words) as unknown,
    });
  });
});
