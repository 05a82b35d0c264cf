/** `aurora-chatops drill`: a whole rehearsal world on one machine, for a person in a browser or by itself. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Procedure } from '../aurora/cluster.ts';
import { AuroraError } from '../aurora/errors.ts';
import { lifetimeText } from '../aurora/lifetime.ts';
import { isKnownRelease, releaseOf } from '../aurora/releases.ts';
import { systemClock } from '../aurora/system-clock.ts';
import { type AutoResult, playAuto } from '../drill/auto/play.ts';
import { playWithFaults } from '../drill/auto/play-with-faults.ts';
import { beginsWithLostLogs, type StoryName, storyNames } from '../drill/auto/stories.ts';
import { type FaultOrder, parseFaultOrder, refuseImpossibleFaults } from '../drill/faults/parse-order.ts';
import { playFaults } from '../drill/faults/player.ts';
import { faults as faultTable } from '../drill/faults/table.ts';
import { type HostKind, hostKinds } from '../drill/hosts/drill-hosts.ts';
import { refuseUnlessPossible } from '../drill/namespaces/requirements.ts';
import { type ProveResult, playProofs, refuseOtherHosts } from '../drill/prove/play-proofs.ts';
import { howToSign } from '../drill/signing/how-to-sign.ts';
import { type SigningKind, signingKinds } from '../drill/signing/key-ring.ts';
import { timeScale } from '../drill/world/create-world.ts';
import { runLocalSlackAlone } from '../drill/world/slack-only.ts';
import { startWorld } from '../drill/world/world.ts';
import { hasRecoveryTool } from '../restore/procedures/choose.ts';

interface DrillOptions {
  auto?: true;
  json?: true;
  story: StoryName | 'prove';
  slackOnly?: true;
  port: number;
  dir?: string;
  http?: true;
  seed: string;
  procedure?: Procedure;
  auroraVersion: string;
  hosts: HostKind;
  signing: SigningKind;
  fault: readonly FaultOrder[];
  faults?: true;
}

export function registerDrill(program: Command): void {
  program
    .command('drill')
    .description('a full drill on this machine: pretend cluster, real agents, local Slack, the unchanged bot')
    .option('--auto', 'play the whole story without a person, and verify it')
    .option('--json', 'with --auto: the last line is one JSON object')
    .addOption(
      new Option('--story <name>', 'how the cluster is at the start, and what --auto plays')
        .choices([...storyNames, 'prove'])
        .default('restore'),
    )
    .option('--slack-only', 'only the local Slack, to try the bot against a real cluster without a workspace')
    .option('--port <n>', 'port of the local Slack; 0 takes a free one', parsePort, 0)
    .option('--dir <directory>', 'where everything is kept; a drill that is already there is taken up again')
    .option('--http', 'deliver to the bot over signed HTTP instead of Socket Mode')
    .addOption(
      new Option('--procedure <name>', 'how restores get the backup into the log').choices([
        'staged',
        'recovery-tool',
      ]),
    )
    .option(
      '--aurora-version <release>',
      'the release of Aurora that the pretend hosts run',
      parseRelease,
      '0.22.0',
    )
    .addOption(
      new Option('--hosts <kind>', 'what the hosts are; namespaces need root')
        .choices(hostKinds)
        .default('processes'),
    )
    .addOption(
      new Option('--signing <kind>', 'whether people sign with keys of their own, and hosts require it')
        .choices(signingKinds)
        .default('none'),
    )
    .option(
      '--fault <name[@step]>',
      'something bad that happens when that step is started; may be given more than once',
      collectFaults,
      [],
    )
    .option('--faults', 'list the faults and what each of them does')
    .option('--seed <text>', 'names of tasks derive from it', 'drill')
    .action(async (options: DrillOptions) => {
      if (options.faults === true) listFaults();
      else if (options.slackOnly === true)
        await runLocalSlackAlone({
          port: options.port,
          delivery: options.http === true ? 'http' : 'socket',
          directory: await directoryOf(options),
          clock: systemClock,
          say,
        });
      else await runDrill(options);
    });
}

async function runDrill(options: DrillOptions): Promise<void> {
  refuseMissingProcedure(options);
  refuseStory(options);
  if (options.hosts === 'namespaces') refuseUnlessPossible();
  refuseImpossibleFaults(options.fault, {
    hosts: options.hosts,
    minor: releaseOf(options.auroraVersion).minor,
  });
  const directory = await directoryOf(options);
  // For the programs it starts. Not in a place that others may write to, since what lies there is run.
  process.env['NODE_COMPILE_CACHE'] ??= join(directory, 'compiled');
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  process.once('SIGTERM', () => interrupted.abort());
  say(`A drill: everything below is pretend, and is kept in ${directory}`);
  say(
    `Waits are scaled: a second of Aurora's takes ${timeScale.msPerSecond} ms here, ZooKeeper sessions last 3 s instead of 15 s.`,
  );
  const world = await startWorld({
    directory,
    clock: systemClock,
    seed: options.seed,
    slackPort: options.port,
    delivery: options.http === true ? 'http' : 'socket',
    procedure: options.procedure,
    auroraVersion: options.auroraVersion,
    hosts: options.hosts,
    signing: options.signing,
    lostLogs: options.story !== 'prove' && beginsWithLostLogs(options.story),
    say,
  });
  const faults = playFaults(world, { orders: options.fault, clock: systemClock, say });
  world.slack.offerFaults(faults);
  try {
    if (options.auto === true) {
      const { story } = options;
      const ended = await Promise.race([
        story === 'prove'
          ? playProofs(world, { print: say })
          : options.fault.length === 0
            ? playAuto(world, { story, print: say })
            : playWithFaults(world, { story, faults, print: say }),
        untilAborted(interrupted.signal),
      ]);
      if (ended === null) {
        process.exitCode = 130;
        return;
      }
      for (const problem of ended.problems) process.stderr.write(`${problem}\n`);
      process.exitCode = ended.problems.length === 0 ? 0 : 1;
      if (options.json === true) say(JSON.stringify(ended.result));
      else say(summaryOf(ended.result));
      return;
    }
    say(
      `\nOpen ${world.slack.url} and be the people: @ana, @bo and @cy are on call. Type /aurora leader in #inc-aurora-east.`,
    );
    if (world.keys !== null) for (const line of howToSign(world.keys, directory)) say(line);
    say('Ctrl-C ends the drill.');
    await untilAborted(interrupted.signal);
  } finally {
    await faults.stop();
    await world.stop();
  }
}

function summaryOf(result: AutoResult | ProveResult): string {
  if ('story' in result) return `${result.proven} proven, ${result.refuted} refuted`;
  return `${result.outcome}; ${JSON.stringify(result.operations)}`;
}

function listFaults(): void {
  const width = Math.max(...faultTable.map(({ name }) => name.length));
  for (const { name, what, usually, hosts, releases } of faultTable) {
    const only = hosts === undefined ? '' : ` Only with --hosts ${hosts}.`;
    const since = releases === undefined ? '' : ` Only with Aurora ${lifetimeText(releases)}.`;
    say(`${name.padEnd(width)} ${what} Usually at ${usually}.${only}${since}`);
  }
}

function collectFaults(text: string, earlier: readonly FaultOrder[]): readonly FaultOrder[] {
  try {
    return [...earlier, parseFaultOrder(text)];
  } catch (error) {
    if (!(error instanceof AuroraError)) throw error;
    throw new InvalidArgumentError(`${error.message} ${error.hint}`);
  }
}

/** At once when somebody was impatient while the drill was still starting. */
async function untilAborted(signal: AbortSignal): Promise<null> {
  if (!signal.aborted) await new Promise((done) => signal.addEventListener('abort', done));
  return null;
}

/** People who do what the card asks for know one restore: the way back to the old log is a second one, and a proof is none. */
function refuseStory({ story, fault, hosts }: DrillOptions): void {
  if (story === 'prove') refuseOtherHosts(hosts);
  if ((story !== 'old-log' && story !== 'prove') || fault.length === 0) return;
  throw new AuroraError({
    code: 'story-without-faults',
    message: `The story ${story} is played without faults.`,
    hint: 'Leave --fault out, or play --story restore with it.',
  });
}

function refuseMissingProcedure({ procedure, auroraVersion }: DrillOptions): void {
  if (procedure !== 'recovery-tool' || hasRecoveryTool(auroraVersion)) return;
  throw new AuroraError({
    code: 'procedure-unavailable',
    message: `Aurora ${auroraVersion} has no recovery tool; it came with 0.20.`,
    hint: 'Leave --procedure out, or name a newer release with --aurora-version.',
  });
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function directoryOf(options: DrillOptions): Promise<string> {
  return options.dir === undefined ? await mkdtemp(join(tmpdir(), 'aurora-drill-')) : resolve(options.dir);
}

function parseRelease(text: string): string {
  if (isKnownRelease(text)) return text;
  throw new InvalidArgumentError('It must be a release of Aurora from 0.5.0 on, such as 0.17.0.');
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('It must be a port number from 0 to 65535.');
}
