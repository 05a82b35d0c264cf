import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { HostAgent, HostStatus } from '../../src/aurora/hosts.ts';
import { sshNamespace, statementText } from '../../src/aurora/statement.ts';
import type { TaskRow } from '../../src/aurora/tasks.ts';
import { digestStagedSet } from '../../src/backups/digest.ts';
import { askAgents } from '../../src/cli/agents-word.ts';
import { describeRoster, rosterEntry } from '../../src/cli/people.ts';
import { parseStatement, registerSign } from '../../src/cli/sign.ts';
import { parseRoster } from '../../src/signing/roster.ts';
import { parseSshPublicKey } from '../../src/signing/ssh-key.ts';
import { verifySshSignature } from '../../src/signing/ssh-signature.ts';
import { statementWith } from '../signing/statements.ts';
import { oneByOne } from '../support/whole-list.ts';

let directory: string;
let key: string;
beforeAll(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'sign-'));
  key = path.join(directory, 'id_ed25519');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'ana@laptop', '-f', key]);
});
afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));
afterEach(() => vi.restoreAllMocks());

const rows = ['web', 'web', 'bidder'].map(
  (name, instanceId): TaskRow => ({
    taskId: `www-prod-${name}-${instanceId}`,
    jobKey: { role: 'www', environment: 'prod', name },
    instanceId,
    status: 'RUNNING',
  }),
);

/** The parts of a status that `sign` reads. */
const status = {
  scheduler: { service: 'running' },
  traffic: 'blocked',
  log: { exists: true, files: 5, bytes: 1 },
} as unknown as HostStatus;

type Parts = {
  cluster?: string;
  staged?: readonly TaskRow[];
  file?: { sha256: string; rows: readonly TaskRow[] };
};

/** A host that answers what `sign` asks. */
function agentWith(host: string, { cluster = 'east', staged, file }: Parts = {}): HostAgent {
  const report = { sha256: file?.sha256, verdict: 'ok', tasks: { total: file?.rows.length } };
  return {
    host,
    readStatus: () =>
      Promise.resolve({ ...status, configured: { cluster, httpPort: 8081, libprocess: '10.0.0.1:8083' } }),
    listBackups: () => Promise.resolve(file === undefined ? [] : [{ name: 'scheduler-backup', report }]),
    readBackupTasks: async function* () {
      yield* await Promise.resolve(file?.rows ?? []);
    },
    scheduler: {
      queryStaged: (consume: Consume) =>
        staged === undefined ? Promise.resolve(null) : consume(oneByOne(staged)),
      listTasks: (consume: Consume) => consume(oneByOne(staged ?? [])),
    },
  } as unknown as HostAgent;
}

const three = (first: Parts) => [agentWith('aurora-1', first), agentWith('aurora-2'), agentWith('aurora-3')];
type Consume = (rows: AsyncIterable<TaskRow>) => Promise<unknown>;

const digest = (await digestStagedSet(rows)).digest;

describe('what agents say of a statement', () => {
  const verdictOf = async (agents: readonly HostAgent[], statement = statementWith({ staged: digest })) =>
    (await askAgents(statement, agents)).filter(({ agrees }) => agrees === false).map(({ says }) => says);

  it('agrees when exactly the tasks of the statement are staged', async () => {
    const words = await askAgents(statementWith({ staged: digest }), three({ staged: rows }));
    expect(words.map(({ says }) => says)).toEqual([
      'aurora-1: scheduler running, traffic blocked, log of 5 files.',
      'aurora-2: scheduler running, traffic blocked, log of 5 files.',
      'aurora-3: scheduler running, traffic blocked, log of 5 files.',
      'aurora-1 has 3 tasks staged, exactly those of the statement: www/prod/web (2), www/prod/bidder (1).',
      "What it would do to running tasks (3 killed, 1 started again, 5 kept) is the bot's word: agents do not ask Mesos.",
    ]);
    expect(words.map(({ agrees }) => agrees)).not.toContain(false);
  });

  it.each<[string, () => Promise<readonly string[]>, string]>([
    [
      'one task is missing of what is staged',
      () => verdictOf(three({ staged: rows.slice(1) })),
      'aurora-1 has 2 tasks staged, and they are not those of the statement: www/prod/web (1), www/prod/bidder (1).',
    ],
    ['nothing is staged', () => verdictOf(three({})), 'No host has anything staged.'],
    [
      'a host was not asked',
      () => verdictOf([agentWith('aurora-1', { staged: rows })]),
      'Not asked: aurora-2, aurora-3. Name each with --agent URL.',
    ],
    [
      'a host is of another cluster',
      () => verdictOf(three({ staged: rows, cluster: 'west' })),
      'aurora-1 belongs to west, not to east.',
    ],
    [
      'the file holds other tasks',
      () =>
        verdictOf(
          three({ file: { sha256: 'b'.repeat(64), rows: rows.slice(1) } }),
          statementWith({ procedure: 'recovery-tool', staged: digest }),
        ),
      'aurora-1 has the backup of the statement: scheduler-backup, 2 tasks, ok; its tasks are not those of the statement.',
    ],
    [
      'no host has the backup that is to be restored',
      () => verdictOf(three({}), statementWith({ intent: 'stop', staged: null })),
      'No host lists a backup with that content.',
    ],
  ])('disagrees when %s', async (_, ask, sentence) => {
    expect(await ask()).toContain(sentence);
  });
});

describe('a statement that was pasted', () => {
  const text = statementText(statementWith());
  it('is read with blanks around it, and nothing else about it changed', () => {
    expect(parseStatement(`\n${text}\n\n`.trimStart())).toEqual(statementWith());
    expect(() => parseStatement(text.replace('"needed":2', '"needed": 2'))).toThrow(
      'not written as statements are',
    );
    expect(() => parseStatement(text.replace('statement v1', 'statement v2'))).toThrow(
      'not written as statements are',
    );
    expect(() => parseStatement(text.replace('"needed":2', '"needed":2,"more":1'))).toThrow(
      'not a statement',
    );
    expect(() => parseStatement(text.slice(0, 200))).toThrow('not a statement');
    expect(() => parseStatement('')).toThrow('not a statement');
  });
});

describe('aurora-chatops sign', () => {
  async function run(args: readonly string[]): Promise<{ out: string; said: string }> {
    const seen = { out: '', said: '' };
    const keep = (name: keyof typeof seen) => (chunk: string | Uint8Array) => {
      seen[name] += String(chunk);
      return true;
    };
    vi.spyOn(process.stdout, 'write').mockImplementation(keep('out'));
    vi.spyOn(process.stderr, 'write').mockImplementation(keep('said'));
    const program = new Command().exitOverride();
    registerSign(program);
    try {
      await program.parseAsync(['node', 'aurora-chatops', 'sign', ...args]);
    } finally {
      vi.restoreAllMocks();
    }
    return seen;
  }

  function write(name: string, text: string): string {
    const file = path.join(directory, name);
    fs.writeFileSync(file, text);
    return file;
  }

  it('signs nothing while a host does not answer', async () => {
    const closed = http.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => closed.once('listening', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const file = write(
      'go-back.txt',
      statementText(statementWith({ intent: 'go-back', hosts: ['aurora-1'] })),
    );
    const args = ['R1', '--statement', file, '--agent', `http://127.0.0.1:${port}`, '--key', key, '--yes'];
    await expect(run(args)).rejects.toThrow('does not answer');
  });

  it.each([
    ['another restore', ['R2', '--agent', 'http://127.0.0.1:1'], 'The statement is about R1, not about R2.'],
    [
      'a certificate without its key',
      ['R1', '--agent', 'https://127.0.0.1:1', '--cert', 'x'],
      'Certificates come together',
    ],
  ])('refuses %s', async (_, args, sentence) => {
    const file = write('commit.txt', statementText(statementWith()));
    await expect(run([...args, '--statement', file, '--key', key, '--yes'])).rejects.toThrow(sentence);
  });
});

describe('the roster in a terminal', () => {
  it('an entry that people add prints is taken, with the fingerprint that check shows', () => {
    const line = fs.readFileSync(`${key}.pub`, 'utf8');
    const { entry, fingerprint } = rosterEntry({ id: 'T1:UANA', name: 'Ana "A"', keyName: 'laptop' }, line);
    const roster = parseRoster(`people:\n${entry}`, 'people.yaml');
    expect(fingerprint).toMatch(/^([a-z]{5} ){5}[a-z]{5}$/);
    expect(describeRoster(roster, Date.now()).split('\n')).toEqual([
      'Ana "A" (T1:UANA)',
      `  laptop: ssh, ${fingerprint}`,
      '  only one key is good: a lost device would leave this person out',
      'no passkeys',
      `roster ${roster.hash}: the same on every host`,
    ]);
    const signature = execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-n', sshNamespace, '-f', key], {
      input: 'x',
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    verifySshSignature(signature, parseSshPublicKey(line), { text: 'x', namespace: sshNamespace });
  });

  it('a private key, which must not travel, is refused', () => {
    const secret = fs.readFileSync(key, 'utf8');
    expect(() => rosterEntry({ id: 'T1:U1', name: 'Ana', keyName: 'k' }, secret)).toThrow(
      'The key of Ana cannot be used',
    );
  });
});
