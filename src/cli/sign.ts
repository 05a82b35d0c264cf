/**
 * `aurora-chatops sign`: shows what the agents say of a statement, and signs it with an ssh key. What it prints is pasted into
 * the form in Slack, or given to `restore sign`.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { text as readAll } from 'node:stream/consumers';
import type { Command } from 'commander';
import { type ClientTls, createAgentHttp } from '../agent/agent-http.ts';
import { answerLimits } from '../agent/answer-limits.ts';
import { connectAgent } from '../agent/client.ts';
import { statusSchema } from '../agent/protocol.ts';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import type { HostAgent } from '../aurora/hosts.ts';
import {
  type Statement,
  sshNamespace,
  statementHash,
  statementSchema,
  statementText,
} from '../aurora/statement.ts';
import { systemClock } from '../aurora/system-clock.ts';
import { askAgents } from './agents-word.ts';

const deadlineMs = 30_000;

interface SignOptions extends AgentOptions {
  readonly statement: string;
  readonly key: string;
  readonly yes?: true;
}

/** Adds `sign RESTORE --statement FILE --agent URL…`. */
export function registerSign(program: Command): void {
  program
    .command('sign')
    .description('show what the agents say of a statement, and sign it with an ssh key')
    .argument('<restore>', 'the name of the restore, such as R1')
    .requiredOption(
      '--statement <file>',
      'the statement, as the form in Slack writes it to a file; - for standard input',
    )
    .requiredOption('--agent <url...>', 'the agents of all its hosts')
    .option(
      '--key <file>',
      'your ssh key, or its .pub when an ssh agent has it',
      join(homedir(), '.ssh/id_ed25519'),
    )
    .option('--cert <file>', 'your certificate for the agents (PEM)')
    .option('--cert-key <file>', 'its key (PEM)')
    .option('--ca <file>', 'the authority of the agents’ certificates (PEM)')
    .option('--yes', 'sign without asking, when the agents say the same')
    .addHelpText('after', help)
    .action(async (restore: string, options: SignOptions) => {
      const statement = parseStatement(await readStatement(options.statement));
      const signature = await sign(statement, { restore, options });
      process.stdout.write(signature);
    });
}

async function sign(statement: Statement, asked: { restore: string; options: SignOptions }): Promise<string> {
  const { restore, options } = asked;
  if (statement.restore !== restore) {
    throw new AuroraError({
      code: 'other-statement',
      message: `The statement is about ${statement.restore}, not about ${restore}.`,
      hint: 'Nothing was signed. Copy the statement from the thread of the restore that you mean.',
    });
  }
  say(describeStatement(statement));
  await compareWithAgents(statement, options);
  if (options.yes !== true) await confirm(statement);
  return await signWithSsh(statementText(statement), options.key);
}

export interface AgentOptions {
  /** Base URL each. */
  readonly agent: readonly string[];
  readonly cert?: string;
  readonly certKey?: string;
  readonly ca?: string;
}

/** Says what each agent says of the statement; AuroraError `agents-disagree`. */
export async function compareWithAgents(statement: Statement, options: AgentOptions): Promise<void> {
  const tls = tlsOf(options);
  const agents = await Promise.all(options.agent.map((url) => agentAt(url, tls)));
  const words = await askAgents(statement, agents);
  for (const { says, agrees } of words) say(`${agrees === null ? '  ?' : agrees ? ' ok' : ' NO'}  ${says}`);
  if (words.some(({ agrees }) => agrees === false)) {
    throw new AuroraError({
      code: 'agents-disagree',
      message: 'The agents do not say what the statement says.',
      hint: 'Nothing was signed. Ask in the thread what has changed; do not sign this one elsewhere.',
    });
  }
}

/** Exactly the text that is signed: nothing before, after or in it that was not read. AuroraError `statement-invalid` otherwise. */
export function parseStatement(text: string): Statement {
  const json = text.slice(text.indexOf('\n') + 1);
  let statement: Statement;
  try {
    statement = statementSchema.parse(JSON.parse(json));
  } catch (error) {
    throw notAStatement(messageOf(error).split('\n')[0] ?? '', error);
  }
  // A form or an editor may have dropped or added line ends around it; nothing else may differ.
  if (statementText(statement).trim() !== text.trim())
    throw notAStatement('it is not written as statements are');
  return statement;
}

/** In words, a fact a line. */
export function describeStatement(statement: Statement): string {
  const { intent, cluster, restore, procedure, hosts, backup, oldLogOf, leftOut, tasks, needed } = statement;
  return [
    `${verbs[intent]} ${cluster} (${restore}, procedure ${procedure}, ${hosts.length} hosts: ${hosts.join(', ')})`,
    backup === null ? `old log of ${oldLogOf ?? '?'}` : `backup ${backup}`,
    ...(tasks === null
      ? []
      : [
          `kills ${tasks.killed} tasks, starts ${tasks.startedAgain} again, keeps ${tasks.kept}, the bot says`,
        ]),
    ...(leftOut.tasks === 0 ? [] : [`${leftOut.tasks} tasks are left out`]),
    `takes ${needed} ${needed === 1 ? 'person' : 'people'}; good until ${new Date(statement.expiresAt).toISOString()}`,
    `statement ${statementHash(statement).slice(0, 16)}`,
  ].join('\n');
}

const verbs: Readonly<Record<Statement['intent'], string>> = {
  stop: 'STOP the schedulers of',
  commit: 'REPLACE THE STORAGE of',
  'go-back': 'GO BACK to the old log of',
  release: 'LET RECONCILE',
};

/** Each by the name that it has for itself. */
async function agentAt(url: string, tls: ClientTls | undefined): Promise<HostAgent> {
  const address = { url, deadlineMs, clock: systemClock, tls };
  const { host } = await createAgentHttp({ ...address, host: url }).read('/v1/status', {
    limits: answerLimits.status,
    parse: (body) => statusSchema.parse(body),
  });
  return connectAgent({ ...address, host });
}

function tlsOf({ cert, certKey, ca }: AgentOptions): ClientTls | undefined {
  if (cert === undefined && certKey === undefined && ca === undefined) return undefined;
  if (cert !== undefined && certKey !== undefined && ca !== undefined)
    return {
      cert: readFileSync(cert, 'utf8'),
      key: readFileSync(certKey, 'utf8'),
      ca: readFileSync(ca, 'utf8'),
    };
  throw new AuroraError({
    code: 'config-invalid',
    message: 'Certificates come together: --cert, --cert-key and --ca.',
    hint: 'Nothing was signed. docs/agent.md says which certificates an agent takes.',
  });
}

/** By the cluster's name, typed. AuroraError `not-asked` or `not-confirmed`. */
export async function confirm({ cluster }: Pick<Statement, 'cluster'>): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new AuroraError({
      code: 'not-asked',
      message: 'Nobody can be asked here: standard input is not a terminal.',
      hint: 'Nothing was signed. Give the statement as a file, or add --yes.',
    });
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const typed = await lines.question(`Type the name of the cluster to sign: `);
  lines.close();
  if (typed.trim() !== cluster) {
    throw new AuroraError({
      code: 'not-confirmed',
      message: `${JSON.stringify(typed.trim())} is not ${cluster}.`,
      hint: 'Nothing was signed.',
    });
  }
}

/** `ssh-keygen` asks for the passphrase, or for a touch, on the terminal. AuroraError `not-signed`. */
export async function signWithSsh(text: string, key: string): Promise<string> {
  const child = spawn('ssh-keygen', ['-Y', 'sign', '-n', sshNamespace, '-f', key], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const started = new Promise<never>((_, reject) => child.once('error', reject));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  child.stdin.on('error', () => undefined); // It ended before it read: the exit status says why.
  child.stdin.end(text);
  try {
    const [signature, code] = await Promise.race([Promise.all([readAll(child.stdout), ended]), started]);
    if (code === 0) return signature;
  } catch (error) {
    throw notSigned(`ssh-keygen was not started: ${messageOf(error)}.`, error);
  }
  throw notSigned(`ssh-keygen did not sign with ${key}.`);
}

function notSigned(message: string, cause?: unknown): AuroraError {
  return new AuroraError({
    code: 'not-signed',
    message,
    hint: 'Nothing was signed. OpenSSH 8.2 or newer is needed; name your key with --key.',
    cause,
  });
}

async function readStatement(file: string): Promise<string> {
  return file === '-' ? await readAll(process.stdin) : readFileSync(file, 'utf8');
}

function notAStatement(why: string, cause?: unknown): AuroraError {
  return new AuroraError({
    code: 'statement-invalid',
    message: `That is not a statement: ${why}.`,
    hint: 'Nothing was signed. Copy it whole, from its first line ("aurora-chatops statement v1") to the closing brace.',
    cause,
  });
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

const help = `
What the agents say goes to standard error, the signature alone to standard output:

  aurora-chatops sign R1 --statement R1-commit.txt --agent https://aurora-1.example:8090 \\
    --agent https://aurora-2.example:8090 > R1-commit.sig

Exit status: 0 when it is signed; 1 when the agents say something else, or it was not signed.`;
