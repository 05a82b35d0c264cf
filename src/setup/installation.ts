/**
 * A whole installation as a directory: written beside its place and renamed into it, so that it is there whole or not at all. Nothing
 * that is there is ever changed: a second run says what differs.
 */
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { parseAgentConfig } from '../agent/config.ts';
import { generateGrantKeys } from '../agent/grant-signer.ts';
import { packageRoot } from '../agent/package-root.ts';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { initAuthority, issueInto } from '../pki/directory.ts';
import type { Answers } from './answers.ts';
import { agentConfiguration, agentDropIn, botConfiguration } from './configurations.ts';
import { nextSteps } from './next-steps.ts';
import { ansibleFiles } from './role.ts';

const agentUnit = 'aurora-chatops-agent.service';
const botUnit = 'aurora-chatops-bot.service';

interface Making {
  readonly directory: string;
  readonly answers: Answers;
  readonly notes: readonly string[];
  /** Unix time in ms. */
  readonly now: number;
  /** Throws when the bot would not take this file. */
  readonly checkBot: (path: string) => Promise<unknown>;
  /** Aborted when somebody stops it: what was begun is removed. */
  readonly signal: AbortSignal;
}

/** Writes everything; AuroraError `setup-not-empty` when the directory holds anything. Answers the paths of all files. */
export async function writeInstallation(making: Making): Promise<readonly string[]> {
  const directory = resolve(making.directory);
  await requireEmpty(directory);
  await mkdir(dirname(directory), { recursive: true });
  const building = await mkdtemp(join(dirname(directory), `.${basename(directory)}-`));
  try {
    await build(building, making);
    making.signal.throwIfAborted();
    await rename(building, directory).catch((cause: unknown) => {
      throw notEmpty(directory, cause);
    });
  } catch (error) {
    await rm(building, { recursive: true });
    throw error;
  }
  return await filesIn(directory);
}

async function build(building: string, { answers, notes, now, checkBot, signal }: Making): Promise<void> {
  const pki = join(building, 'pki');
  const { privateKeyPem, publicKey } = generateGrantKeys();
  await initAuthority(pki, { name: `aurora-chatops ${answers.cluster}`, days: 3650, now });
  await issueInto(pki, { name: 'bot', use: 'client', names: ['bot'], days: 365, now });
  const written: Record<string, string> = {
    ...(await textsOf(answers, notes, publicKey)),
    'bot/secrets/grant-key': privateKeyPem,
    'bot/ca.pem': await readFile(join(pki, 'ca.pem'), 'utf8'),
    'bot/bot.pem': await readFile(join(pki, 'bot.pem'), 'utf8'),
    'bot/bot.key': await readFile(join(pki, 'bot.key'), 'utf8'),
  };
  for (const { name, address } of answers.hostKeys === 'made' ? answers.hosts : []) {
    signal.throwIfAborted();
    await issueInto(pki, { name, use: 'server', names: [address], days: 365, now });
    written[`hosts/${name}/ca.pem`] = await readFile(join(pki, 'ca.pem'), 'utf8');
    written[`hosts/${name}/agent.pem`] = await readFile(join(pki, `${name}.pem`), 'utf8');
    written[`hosts/${name}/agent.key`] = await readFile(join(pki, `${name}.key`), 'utf8');
  }
  for (const [path, text] of Object.entries(written)) {
    signal.throwIfAborted();
    await mkdir(dirname(join(building, path)), { recursive: true, mode: 0o700 });
    await writeFile(join(building, path), text, { mode: 0o600, flag: 'wx' });
  }
  // What is written is what the programs read: with their own parsers, before anybody sees it.
  for (const { name } of answers.hosts)
    parseAgentConfig(written[`hosts/${name}/agent.yaml`] ?? '', `hosts/${name}/agent.yaml`);
  await checkBot(join(building, 'bot/bot.yml'));
}

/** Everything but keys and certificates, by path: the same answers give the same texts. */
async function textsOf(
  answers: Answers,
  notes: readonly string[],
  publicKey: string,
): Promise<Readonly<Record<string, string>>> {
  const packaged = join(packageRoot(), 'packaging');
  const units = await readdir(packaged);
  const agentText = await readFile(join(packaged, agentUnit), 'utf8');
  const hosts = answers.hosts.flatMap((host) => [
    [`hosts/${host.name}/agent.yaml`, agentConfiguration(answers, host, publicKey)],
    [`hosts/${host.name}/${agentUnit}`, agentText],
    [`hosts/${host.name}/${agentUnit}.d/50-paths.conf`, agentDropIn(answers)],
  ]);
  const hasBotUnit = units.includes(botUnit);
  return {
    'NEXT-STEPS.md': nextSteps(answers, { notes, hasBotUnit }),
    'bot/bot.yml': botConfiguration(answers),
    ...(hasBotUnit && { [`bot/${botUnit}`]: await readFile(join(packaged, botUnit), 'utf8') }),
    ...Object.fromEntries(hosts),
    ...ansibleFiles(answers),
  };
}

/** What a directory of before holds otherwise than these answers would have it: one sentence each, none when nothing does. */
export async function compareInstallation(directory: string, answers: Answers): Promise<readonly string[]> {
  const key = await readFile(join(directory, 'bot/secrets/grant-key'), 'utf8').catch(() => null);
  if (key === null)
    return ['bot/secrets/grant-key is not there: this is not a directory that setup has written.'];
  const publicKey = createPublicKey(createPrivateKey(key))
    .export({ type: 'spki', format: 'der' })
    .toString('base64');
  const wanted = await textsOf(answers, [], publicKey);
  const differences: string[] = [];
  for (const [path, text] of Object.entries(wanted)) {
    if (path === 'NEXT-STEPS.md') continue;
    const there = await readFile(join(directory, path), 'utf8').catch(() => null);
    if (there === null) differences.push(`${path} is not there.`);
    else if (there !== text) differences.push(`${path} ${firstDifference(there, text)}`);
  }
  for (const { name } of answers.hostKeys === 'made' ? answers.hosts : []) {
    const has = (await filesIn(directory)).includes(`pki/${name}.pem`);
    if (!has)
      differences.push(`pki/${name}.pem is not there: issue it with "aurora-chatops pki issue ${name}".`);
  }
  return differences;
}

function firstDifference(there: string, wanted: string): string {
  const [old, now] = [there.split('\n'), wanted.split('\n')];
  const at = now.findIndex((line, index) => line !== old[index]);
  const line = at === -1 ? now.length : at;
  return `differs at line ${line + 1}: it has "${(old[line] ?? '').trim()}", and these answers give "${(now[line] ?? '').trim()}".`;
}

/** Whether there is anything in a directory; one that does not exist is empty. */
export async function isEmpty(directory: string): Promise<boolean> {
  return (await namesIn(directory)).length === 0;
}

async function requireEmpty(directory: string): Promise<void> {
  if (!(await isEmpty(directory))) throw notEmpty(directory);
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw new AuroraError({
      code: 'setup-directory',
      message: `${directory} cannot be looked at: ${messageOf(cause)}`,
      hint: 'Name a directory that is empty, or not there yet.',
      cause,
    });
  }
}

async function filesIn(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .toSorted();
}

function notEmpty(directory: string, cause?: unknown): AuroraError {
  return new AuroraError({
    code: 'setup-not-empty',
    message: `${directory} is not empty, and setup overwrites nothing.`,
    hint: 'Name another directory with --into.',
    cause,
  });
}
