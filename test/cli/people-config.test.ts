/** `signatures`, `people` and `publicUrl` of the bot's configuration, and what `config check` says of the roster. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { AuroraError } from '../../src/aurora/errors.ts';
import { type BotConfig, readBotConfig } from '../../src/cli/config.ts';
import { checkRoster } from '../../src/cli/roster-check.ts';
import { type KeyHolder, keyHolders, rosterYaml } from '../signing/key-holders.ts';

const directories: string[] = [];
afterEach(async () => {
  await Promise.all(directories.splice(0).map((each) => rm(each, { recursive: true })));
});

const people =
  'people: { roster: people.yaml, listen: "127.0.0.1:3001" }\npublicUrl: https://aurora.example/\n';
const withSignatures = { policy: 'signatures: require', more: people };

async function read(
  changes: { policy?: string; more?: string; slack?: string; roster?: string } = {},
): Promise<BotConfig> {
  const { policy = '', more = '', slack = 'mode: socket', roster = rosterYaml() } = changes;
  const directory = await mkdtemp(join(tmpdir(), 'aurora-people-'));
  directories.push(directory);
  await writeFile(join(directory, 'people.yaml'), roster);
  await writeFile(
    join(directory, 'bot.yml'),
    `
state: ./state
grantKey: ./grant.pem
slack: { ${slack} }
${more}
clusters:
  - name: east
    auroraVersion: 0.22.0
    channel: C0EAST
    zookeeper: { servers: ["127.0.0.1:2181"], serversetPath: /aurora/scheduler, logGroupPath: /aurora/replicated-log }
    mesos: { masters: ["http://127.0.0.1:5050"] }
    hosts:
      - { name: aurora-1, agent: "http://127.0.0.1:7071", advertised: aurora-1, httpPort: 8081, libprocess: "10.0.0.1:8083" }
    policy: { approvers: [UANA, UBO, UCY], ${policy} }
`,
  );
  return await readBotConfig(join(directory, 'bot.yml'));
}

const faultsOf = async (changes: Parameters<typeof read>[0]): Promise<string> => {
  try {
    await read(changes);
    return '';
  } catch (error) {
    if (error instanceof AuroraError) return error.message;
    throw error;
  }
};

describe('the configuration of signatures', () => {
  it('asks nobody when nothing is said', async () => {
    const config = await read();

    expect(config).toMatchObject({ people: null, signing: null });
    expect(config.clusters[0]?.policy).not.toHaveProperty('signatures');
  });

  it('gives the roster beside the file, where to listen, and the page', async () => {
    expect(await read(withSignatures)).toMatchObject({
      people: {
        roster: expect.stringMatching(/^\/.*\/people\.yaml$/),
        listen: { host: '127.0.0.1', port: 3001 },
      },
      signing: { publicUrl: 'https://aurora.example', page: null },
      clusters: [{ policy: { signatures: 'require' } }],
    });
  });

  it.each<[string, Parameters<typeof read>[0], RegExp]>([
    ['no roster', { policy: 'signatures: require' }, /policy\.signatures: people\.roster is missing/],
    [
      'a longer life',
      { ...withSignatures, policy: 'signatures: observe, signOffTtl: 13h' },
      /signOffTtl: what people sign with their keys lives 12h/,
    ],
    [
      'no https',
      { ...withSignatures, more: people.replace('https:', 'http:') },
      /publicUrl: browsers use passkeys on https addresses only/,
    ],
    [
      'a listener twice',
      { ...withSignatures, slack: 'mode: http' },
      /people\.listen: in HTTP mode the page is served where Slack delivers/,
    ],
    [
      'no listener',
      { ...withSignatures, more: people.replace(/, listen: "[^"]*"/, '') },
      /publicUrl: nothing serves it/,
    ],
    [
      'a page that asks nobody',
      { ...withSignatures, more: 'people: { roster: people.yaml, page: "https://sign.example" }' },
      /people\.page: the page asks this bot, and publicUrl is missing/,
    ],
    ['another word', { ...withSignatures, policy: 'signatures: always' }, /policy\.signatures/],
  ])('refuses %s', async (_what, changes, fault) => {
    expect(await faultsOf(changes)).toMatch(fault);
  });
});

describe('config check', () => {
  const check = async (changes: Parameters<typeof read>[0]) =>
    (await checkRoster(await read(changes), Date.parse('2026-11-30T03:00:00Z'))).map(
      ({ verdict, message, hint }) => [verdict, message, hint].join(' ').trim(),
    );
  const only = (...named: KeyHolder[]) => rosterYaml(keyHolders.filter((each) => named.includes(each)));

  it('passes a roster with all approvers in it', async () => {
    expect(await check(withSignatures)).toEqual([
      expect.stringMatching(/^pass The roster \/.* can be read \([0-9a-f]{12}\)\.$/),
    ]);
  });

  it('names approvers without a key; where it is only observed that is not a fault', async () => {
    expect(await check({ ...withSignatures, roster: only('UANA') })).toEqual([
      'refuse east: UBO, UCY are approvers without a key in the roster that is valid now. docs/signing.md says how a key gets into the roster.',
    ]);
    expect(
      (await check({ ...withSignatures, policy: 'signatures: observe', roster: only('UANA', 'UBO') }))[1],
    ).toMatch(/^warn east: UCY is an approver without a key/);
  });

  it('says where passkeys would not count', async () => {
    const elsewhere = people.replace('aurora.example', 'other.example');

    expect(await check({ ...withSignatures, more: elsewhere })).toEqual([
      expect.stringMatching(
        /^refuse The roster does not name https:\/\/other\.example in relyingParty\.origins/,
      ),
      expect.stringMatching(/^refuse other\.example is not within relyingParty\.id, aurora\.example/),
    ]);
  });

  it('tells every fault of the roster, and where it is described', async () => {
    const roster = rosterYaml().replaceAll('T1:UBO', 'T1:UANA');

    expect(await check({ ...withSignatures, roster })).toEqual([
      expect.stringMatching(/^refuse The roster .* is wrong: T1:UANA is in it twice.* docs\/signing\.md/),
    ]);
  });
});
