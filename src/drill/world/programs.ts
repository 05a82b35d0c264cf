/** The programs of this project that a drill runs: the unchanged bot, and an agent a host. */
import { join } from 'node:path';
import { z } from 'zod';
import type { LocalSlack } from '../../local-slack/local-slack.ts';
import { compileCache } from '../../pretend-aurora/host/compile-cache.ts';
import type { DrillHost } from '../hosts/drill-hosts.ts';
import { dyingWithUs } from '../namespaces/commands.ts';
import { mainProgram } from './main-program.ts';
import type { Saved } from './saved.ts';
import { type SupervisedProgram, supervise } from './supervisor.ts';
import { until } from './until.ts';

export interface ProgramOptions {
  readonly directory: string;
  readonly delivery: 'socket' | 'http';
  /** What the Node that runs the bot and the agents is given besides, such as a module that kills them. */
  readonly nodeArguments?: readonly string[] | undefined;
  /** Whether the kernel ends the bot when the drill is killed; nobody could take it up again. */
  readonly diesWithDrill?: boolean | undefined;
}

const runMain = ({ nodeArguments = [] }: ProgramOptions): string[] => [
  process.execPath,
  ...nodeArguments,
  mainProgram(),
];

/** Nothing of the caller's environment: what a service manager would give. */
const plainEnvironment = (): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  TZ: 'UTC',
  HOME: process.env['HOME'] ?? '/',
  ...compileCache(),
});

/** The agent of a host that is processes of this machine; answers when it listens. */
export async function startAgentProgram(
  options: ProgramOptions,
  host: DrillHost,
): Promise<SupervisedProgram> {
  const url = `http://${host.address.ip}:${host.address.agentPort}/healthz`;
  return await supervise({
    name: `agent ${host.name}`,
    argv: [...runMain(options), 'agent', '--config', join(host.directory, 'agent.yml')],
    env: plainEnvironment(),
    logFile: join(options.directory, `${host.name}-agent.log`),
    untilReady: (signal) => untilAnswers(url, signal),
  });
}

/** Answers when the bot listens to the local Slack. */
export async function startBotProgram(
  options: ProgramOptions,
  { saved, slack }: { saved: Saved; slack: LocalSlack },
): Promise<SupervisedProgram> {
  const { directory, delivery } = options;
  return await supervise({
    name: 'bot',
    argv: [
      ...(options.diesWithDrill === true ? dyingWithUs : []),
      ...runMain(options),
      'bot',
      '--config',
      join(directory, 'bot', 'bot.yml'),
    ],
    env: {
      ...plainEnvironment(),
      SLACK_BOT_TOKEN: saved.tokens.bot,
      SLACK_APP_TOKEN: saved.tokens.app,
      SLACK_SIGNING_SECRET: saved.tokens.signingSecret,
      SLACK_API_URL: slack.apiUrl,
    },
    logFile: join(directory, 'bot.log'),
    untilReady: (signal) =>
      delivery === 'socket'
        ? untilConnected(slack, signal)
        : untilAnswers(`http://127.0.0.1:${saved.ports.bot}/`, signal),
  });
}

/** Any answer will do: the program listens. */
async function untilAnswers(url: string, signal: AbortSignal): Promise<void> {
  await until(url, signal, async () => {
    await fetch(url, { signal: AbortSignal.timeout(2_000) }).then((response) => response.text());
    return true;
  });
}

async function untilConnected(slack: LocalSlack, signal: AbortSignal): Promise<void> {
  const feed = z.object({
    events: z.array(z.looseObject({ type: z.string(), open: z.number().optional() })),
  });
  await until('the bot to connect to the local Slack', signal, async () => {
    const response = await fetch(`${slack.url}/control/events?after=0&timeout_ms=500&types=connections`);
    return (feed.parse(await response.json()).events.at(-1)?.open ?? 0) > 0;
  });
}
