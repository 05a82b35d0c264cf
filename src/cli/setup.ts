/** `aurora-chatops setup`: asks for what cannot be found out, and writes a whole installation into an empty directory. */
import { lookup } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { parse as parseYaml } from 'yaml';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { escapedLines } from '../aurora/printable.ts';
import { systemClock } from '../aurora/system-clock.ts';
import { within } from '../aurora/within.ts';
import {
  atOwnAddress,
  isMissing,
  parseSome,
  parseTyped,
  questions,
  requireAll,
  type SomeAnswers,
  withoutGaps,
} from '../setup/answers.ts';
import { compareInstallation, isEmpty, writeInstallation } from '../setup/installation.ts';
import { lookAround } from '../setup/look.ts';
import { readClustersJson, readFlagsFile, readZooKeeperPath, type Told } from '../setup/sources.ts';
import { readBotConfig } from './config.ts';

interface SetupOptions {
  readonly into: string;
  readonly answers?: string;
  readonly clustersJson?: string;
  readonly zookeeperPath?: string;
  readonly offLine?: true;
  readonly [answer: string]: unknown;
}

const inputBytesMax = 1024 * 1024;
const lookupMs = 3_000;

/** Adds `setup`. */
export function registerSetup(program: Command): void {
  const setup = program
    .command('setup')
    .description(
      'write a whole installation into an empty directory: configurations, keys, certificates, units, a role',
    )
    .requiredOption('--into <dir>', 'an empty directory, or one that is not there yet')
    .option(
      '--answers <file>',
      'answers in YAML (docs/install.md); what is missing is asked for in a terminal',
    )
    .option('--clusters-json <file>', "clusters.json of Aurora's client")
    .option(
      '--scheduler-flags <file>',
      "the file with a scheduler's flags: /etc/default, /etc/sysconfig, a drop-in, a flag a line",
    )
    .option('--zookeeper-path <servers/path>', 'such as zk1:2181,zk2:2181/aurora/scheduler')
    .option('--off-line', 'do not ask ZooKeeper');
  for (const { key, ask, example } of questions)
    setup.option(`--${kebab(key)} <answer>`, `${ask}, such as ${example}`);
  setup.action(runSetup);
}

async function runSetup(options: SetupOptions): Promise<void> {
  const { answers: file, zookeeperPath } = options;
  const typed = questions.map(({ key }) => {
    const answer = options[key];
    return typeof answer === 'string' ? parseTyped(key, answer) : {};
  });
  const said = merge(...typed, file === undefined ? {} : parseSome(readYaml(file), file));
  const told = [
    ...(zookeeperPath === undefined ? [] : [readZooKeeperPath(zookeeperPath)]),
    ...(options.clustersJson === undefined
      ? []
      : [readClustersJson(readText(options.clustersJson), said.cluster)]),
    ...(typeof options['schedulerFlags'] === 'string'
      ? [readFlagsFile(readText(options['schedulerFlags']))]
      : []),
  ];
  const known = merge(
    said,
    ...told.map(({ answers }) => parseSome(withoutGaps(answers), "Aurora's own files")),
  );
  const found =
    options.offLine === true
      ? nothing
      : await lookAround(known, mesosOf(told), { clock: systemClock, resolve });
  const notes = [...told.flatMap((one) => one.notes), ...found.notes];
  for (const note of notes) process.stderr.write(escapedLines(`${note}\n`));
  const stopped = new AbortController();
  process.once('SIGINT', () => stopped.abort(interrupted()));
  process.once('SIGTERM', () => stopped.abort(interrupted()));
  const whole = await askForTheRest(merge(known, found.answers), stopped);
  const answers = requireAll(told.some(({ bindsToIp }) => bindsToIp === true) ? atOwnAddress(whole) : whole);
  if (!(await isEmpty(options.into)))
    return tellDifferences(options.into, await compareInstallation(options.into, answers));
  const files = await writeInstallation({
    directory: options.into,
    answers,
    notes,
    now: systemClock.now(),
    checkBot: readBotConfig,
    signal: stopped.signal,
  });
  process.stdout.write(
    `Wrote ${files.length} files into ${options.into}. Read ${options.into}/NEXT-STEPS.md: it has the commands that are left.\n`,
  );
}

const nothing: Told = { answers: {}, notes: [] };

function mesosOf(told: readonly Told[]): Told['mesosZooKeeper'] {
  return told.find(({ mesosZooKeeper }) => mesosZooKeeper !== undefined)?.mesosZooKeeper;
}

/** The first one that says something of a key is believed. */
function merge(...some: readonly SomeAnswers[]): SomeAnswers {
  return Object.assign({}, ...some.toReversed().map(withoutGaps));
}

/** One question for each answer that is missing; none without a terminal. A wrong answer is asked for again. */
async function askForTheRest(known: SomeAnswers, stopped: AbortController): Promise<SomeAnswers> {
  const missing = questions.filter(({ key }) => isMissing(known, key));
  if (missing.length === 0 || !process.stdin.isTTY || !process.stderr.isTTY) return known;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  terminal.on('SIGINT', () => stopped.abort(interrupted()));
  try {
    let answers = known;
    for (const { key, ask, example } of missing) {
      while (isMissing(answers, key)) {
        const text = await terminal.question(`${ask}, such as ${example}: `, { signal: stopped.signal });
        try {
          answers = merge(parseTyped(key, text), answers);
        } catch (error) {
          process.stderr.write(escapedLines(`${messageOf(error)}\n`));
        }
      }
    }
    return answers;
  } catch (error) {
    throw stopped.signal.aborted ? interrupted() : error;
  } finally {
    terminal.close();
  }
}

function tellDifferences(directory: string, differences: readonly string[]): void {
  if (differences.length === 0) {
    process.stdout.write(`${directory} is there already, and says the same. Nothing was changed.\n`);
    return;
  }
  process.exitCode = 1;
  process.stdout.write(
    escapedLines(
      `${directory} is there already, and nothing was changed. It differs from these answers:\n${differences.map((one) => `  ${one}\n`).join('')}`,
    ),
  );
}

function interrupted(): AuroraError {
  return new AuroraError({
    code: 'setup-interrupted',
    message: 'Setup was stopped, and nothing was written.',
    hint: 'Run it again; an answer that is in a file (--answers) is not asked for.',
  });
}

function readYaml(path: string): unknown {
  try {
    return parseYaml(readText(path));
  } catch (cause) {
    if (cause instanceof AuroraError) throw cause;
    throw new AuroraError({
      code: 'setup-answer',
      message: `${path} is not YAML: ${messageOf(cause)}`,
      hint: 'docs/install.md has one to start from.',
      cause,
    });
  }
}

function readText(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AuroraError({
      code: 'setup-source',
      message: `${path} cannot be read: ${messageOf(cause)}`,
      hint: 'Name a file that you may read.',
      cause,
    });
  }
  if (text.length <= inputBytesMax) return text;
  throw new AuroraError({
    code: 'setup-source',
    message: `${path} is longer than 1 MiB.`,
    hint: 'Name the file itself.',
  });
}

async function resolve(name: string): Promise<readonly string[]> {
  const found = lookup(name, { all: true }).then(
    (all) => all.map(({ address }) => address),
    () => [],
  );
  return (await within(systemClock, lookupMs, found)) ?? [];
}

function kebab(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
