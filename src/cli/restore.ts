/**
 * `aurora-chatops restore`: what people do in Slack, in a terminal on the bot's machine, for the night on which there is no Slack. Status
 * is read beside the bot; decisions are taken by the bot, over its socket, for the person whose ssh key signs them.
 */
import { writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { JournalUnreadable } from '../aurora/journal.ts';
import type { TerminalDecision } from '../aurora/order.ts';
import { escapedLines } from '../aurora/printable.ts';
import { statementText } from '../aurora/statement.ts';
import { eventForm } from '../restore/record/events.ts';
import { foldJournal } from '../restore/record/fold.ts';
import type { RestoreState } from '../restore/record/state.ts';
import { openRosterFile } from '../signing/roster-file.ts';
import { callBot } from '../terminal/ask-bot.ts';
import { openBotReader } from './bot-store.ts';
import { type BotConfig, readBotConfig } from './config.ts';
import { type DecideOptions, decideIn } from './restore-decide.ts';
import { describeRestore, signersHere, statementLines, statementNow } from './restore-status.ts';

/** 1 is every other refusal (main.ts). */
const exitCodes: Readonly<Record<string, number>> = {
  'bot-not-running': 3,
  'outcome-unknown': 4,
};

const configOption = ['--config <file>', "the bot's configuration (YAML)"] as const;

/** Adds `restore status | sign | commit | abort | go-back | release`. */
export function registerRestore(program: Command): void {
  const restore = program
    .command('restore')
    .description('see and decide a restore in a terminal on the bot’s machine, with or without Slack')
    .addHelpText('after', help);
  restore
    .command('status')
    .description('what is true now, who must act until when, and what happens otherwise; needs no key')
    .argument('[restore]', 'such as R1; without it every restore in progress')
    .requiredOption(...configOption)
    .option('--statement <file>', 'write the statement that is to be signed there')
    .addHelpText('after', statusHelp)
    .action(async (restoreId: string | undefined, options: { config: string; statement?: string }) => {
      await showStatus(restoreId, options);
    });
  for (const [name, { decision, says, reason, signs }] of Object.entries(commands)) {
    const command = restore
      .command(name)
      .description(says)
      .argument('<restore>', 'such as R1')
      .requiredOption(...configOption)
      .option(
        '--key <file>',
        'your ssh key, or its .pub when an ssh agent has it',
        join(homedir(), '.ssh/id_ed25519'),
      );
    if (reason !== null)
      command.addOption(
        new Option('--reason <text>', 'for the record').makeOptionMandatory(reason === 'required'),
      );
    if (decision !== 'abort')
      command.option('--cluster <name>', "the cluster's name, in place of typing it when you are asked");
    if (signs)
      command
        .option('--agent <url...>', 'ask the agents of all its hosts before you sign')
        .option('--cert <file>', 'your certificate for the agents (PEM)')
        .option('--cert-key <file>', 'its key (PEM)')
        .option('--ca <file>', 'the authority of the agents’ certificates (PEM)');
    command.addHelpText('after', decidingHelp).action(async (restoreId: string, options: DecideOptions) => {
      await withExitCode(() => decideIn(restoreId, decision, options));
    });
  }
}

const commands: Readonly<
  Record<
    string,
    {
      readonly decision: TerminalDecision;
      readonly says: string;
      readonly reason: 'required' | 'optional' | null;
      /** A statement that hosts verify. */
      readonly signs: boolean;
    }
  >
> = {
  sign: {
    decision: 'sign-off',
    says: 'sign what is open: the stop, the commit, or going back',
    reason: 'optional',
    signs: true,
  },
  commit: {
    decision: 'commit',
    says: 'order the commit, as one of those who signed it',
    reason: null,
    signs: false,
  },
  abort: {
    decision: 'abort',
    says: 'stop it before the commit, and put everything back',
    reason: 'required',
    signs: false,
  },
  'go-back': {
    decision: 'go-back',
    says: 'after the commit and before it reconciles: ask to go back, or sign that',
    reason: 'required',
    signs: true,
  },
  release: {
    decision: 'let-reconcile',
    says: 'end the second look: let it reconcile',
    reason: null,
    signs: true,
  },
};

async function showStatus(
  restoreId: string | undefined,
  options: { config: string; statement?: string },
): Promise<void> {
  const config = await readBotConfig(options.config);
  const states = await readStates(config, restoreId);
  process.stdout.write(escapedLines(`${await botLine(config)}\n`));
  if (states.length === 0) process.stdout.write('No restore is in progress.\n');
  const now = Date.now();
  for (const state of states) {
    const signers = await readSigners(config, state);
    process.stdout.write(escapedLines(`\n${describeRestore(state, { now, signers }).join('\n')}\n`));
    const statement = statementNow(state, now);
    if (statement !== null && options.statement === undefined)
      process.stdout.write(escapedLines(statementLines(statement)));
  }
  if (options.statement === undefined) return;
  const [statement, ...others] = states.flatMap((state) => statementNow(state, now) ?? []);
  if (statement === undefined || others.length > 0)
    throw new AuroraError({
      code: 'nothing-to-sign',
      message: statement === undefined ? 'There is no statement to sign now.' : 'Several restores have one.',
      hint: `${options.statement} was not written.${statement === undefined ? '' : ' Name the restore.'}`,
    });
  writeFileSync(options.statement, statementText(statement), { flag: 'wx' });
}

async function readStates(
  config: BotConfig,
  restoreId: string | undefined,
): Promise<readonly RestoreState[]> {
  const store = await openBotReader(config, eventForm);
  try {
    const listed = await store.listRestores({});
    const named = listed.filter((restore) =>
      restoreId === undefined ? restore.open : restore.restoreId === restoreId,
    );
    if (restoreId !== undefined && named.length === 0)
      throw new AuroraError({
        code: 'unknown-restore',
        message: `There is no restore called ${restoreId}.`,
        hint:
          listed.length === 0
            ? 'This bot has had none yet.'
            : `Known: ${listed.map((one) => one.restoreId).join(', ')}.`,
      });
    const states: RestoreState[] = [];
    for (const one of named) {
      try {
        states.push(foldJournal(await store.read(one.restoreId)));
      } catch (error) {
        // One that cannot be read hides no other.
        if (restoreId !== undefined || !(error instanceof JournalUnreadable)) throw error;
        process.stderr.write(escapedLines(`${one.restoreId}: ${error.message}\n`));
        process.exitCode = 1;
      }
    }
    return states;
  } finally {
    await store.close();
  }
}

async function readSigners(config: BotConfig, state: RestoreState): Promise<readonly string[] | null> {
  if (config.people === null) return null;
  try {
    const roster = await openRosterFile(config.people.roster).readRoster(Date.now());
    const cluster = config.clusters.find(({ name }) => name === state.proposal.cluster);
    return signersHere(state, { roster, approvers: (cluster?.policy ?? state.approvers).approvers });
  } catch (error) {
    process.stderr.write(escapedLines(`${messageOf(error)}\n`));
    return null;
  }
}

async function botLine({ state }: BotConfig): Promise<string> {
  try {
    (await callBot(state)).close();
    return 'The bot runs.';
  } catch (error) {
    if (!(error instanceof AuroraError)) throw error;
    return `${error.message} ${error.hint}`;
  }
}

async function withExitCode(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const code = error instanceof AuroraError ? exitCodes[error.code] : undefined;
    if (code === undefined || !(error instanceof AuroraError)) throw error;
    say(`${error.message}\n${error.hint}`);
    process.exitCode = code;
  }
}

function say(text: string): void {
  process.stderr.write(escapedLines(`${text}\n`));
}

const help = `
Run it on the bot's machine, as the bot's account or as root. The bot has to run: it alone writes; status reads without it.
The bot starts without Slack, and keeps trying to reach it.`;

const statusHelp = `
Exit status: 0 when all was read; 1 when a restore is not known or cannot be read, or there is no statement to write.`;

const decidingHelp = `
What you sign goes to standard error first. Your ssh key has to be in the roster (docs/signing.md); with one in an ssh agent, name its
.pub file. A key with a touch is touched twice where hosts verify a statement: once for them, once for the bot.

Exit status: 0 when it was decided; 1 when it was refused, nothing was decided; 3 when the bot does not run, nothing was decided; 4 when
the bot went away before it answered: ask \`restore status\` which it is.`;
