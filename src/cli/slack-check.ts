/** What Slack says of the bot without a message being sent: its tokens and scopes, the channels of its clusters, and who may approve there. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { packageRoot } from '../agent/package-root.ts';
import type { Clock } from '../aurora/clock.ts';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import type { People } from '../aurora/people.ts';
import { createSlackPeople } from '../slack/people.ts';
import { createPlaces, type Places } from '../slack/places.ts';
import { readSlackFailure } from '../slack/slack-failure.ts';
import { createAskingClient } from '../slack/web-client.ts';
import type { BotConfig } from './config.ts';
import type { LiveFinding } from './live-finding.ts';
import { faultsOfSecrets, readSecrets } from './secrets.ts';

type Cluster = BotConfig['clusters'][number];

const manifestSchema = z.looseObject({
  oauth_config: z.looseObject({ scopes: z.looseObject({ bot: z.array(z.string()) }) }),
});

/** Wrong kinds of token are told before anything is asked, and then nothing is. */
export async function checkSlack(
  config: BotConfig,
  { env, clock }: { env: NodeJS.ProcessEnv; clock: Clock },
): Promise<readonly LiveFinding[]> {
  const { mode } = config.slack;
  const faults = await faultsOfSecrets(env, mode);
  if (faults.length > 0) {
    return faults.map(({ message, hint }) => ({
      ...about('Slack tokens'),
      verdict: 'refuse',
      message,
      hint,
    }));
  }
  const { botToken, appToken, apiUrl } = await readSecrets(env, mode);
  const access = { log: () => undefined, ...(apiUrl !== null && { apiUrl }) };
  const client = createAskingClient({ ...access, botToken });
  const own = mode === 'socket' ? createAskingClient({ ...access, botToken: appToken }) : null;
  const [bot, app] = await Promise.all([
    ask('SLACK_BOT_TOKEN', async () => await client.auth.test()),
    // It only hands out an address; nobody is connected by it.
    own === null ? null : ask('SLACK_APP_TOKEN', async () => await own.apps.connections.open()),
  ]);
  if ('verdict' in bot) return [bot, ...(app !== null && 'verdict' in app ? [app] : [])];
  const asked = { people: createSlackPeople({ client, clock }), places: createPlaces(client) };
  const clusters = await Promise.all(config.clusters.map((cluster) => checkCluster(cluster, asked)));
  return [
    passed(
      'Slack tokens',
      `The bot is ${bot.answer.user ?? 'a user'} of the workspace ${bot.answer.team ?? ''}.`,
    ),
    ...(app !== null && 'verdict' in app ? [app] : []),
    ...judgeScopes(bot.answer.response_metadata?.scopes, await wantedScopes()),
    ...clusters.flat(),
  ];
}

/** What the bot asks for when it is installed. */
async function wantedScopes(): Promise<readonly string[]> {
  const text = await readFile(join(packageRoot(), 'manifest.yml'), 'utf8');
  return manifestSchema.parse(parse(text)).oauth_config.scopes.bot;
}

function judgeScopes(
  granted: readonly string[] | undefined,
  wanted: readonly string[],
): readonly LiveFinding[] {
  const name = 'Slack scopes';
  if (granted === undefined) {
    return [
      {
        ...about(name),
        verdict: 'warn',
        message: 'Slack does not tell which scopes the bot token has.',
        hint: 'Compare OAuth & Permissions of the Slack app with manifest.yml.',
      },
    ];
  }
  const missing = wanted.filter((scope) => !granted.includes(scope));
  if (missing.length === 0)
    return [passed(name, `The bot token has all ${wanted.length} scopes of manifest.yml.`)];
  return [
    {
      ...about(name),
      verdict: 'refuse',
      message: `The bot token lacks ${missing.length === 1 ? 'the scope' : 'the scopes'} ${missing.join(', ')}.`,
      hint: 'Put manifest.yml into the Slack app (App Manifest), install it again, and give the bot the new token.',
    },
  ];
}

async function checkCluster(
  cluster: Cluster,
  { people, places }: { people: People; places: Places },
): Promise<readonly LiveFinding[]> {
  const { name, policy, watch } = cluster;
  const channels = [...new Set([cluster.channel, watch?.channel ?? cluster.channel])];
  const found: LiveFinding[] = [];
  for (const channel of channels) found.push(...(await judgeChannel(name, channel, places)));
  for (const group of policy.approverGroups) found.push(...(await judgeGroup(name, group, people)));
  for (const userId of policy.approvers) found.push(...(await judgeApprover(name, userId, people)));
  return found.length > 0
    ? found
    : [
        {
          ...about('Slack channel and approvers', name),
          verdict: 'pass',
          message: 'The bot is in the channel, and Slack knows who may approve.',
          hint: '',
        },
      ];
}

async function judgeChannel(cluster: string, channel: string, places: Places): Promise<LiveFinding[]> {
  return await orFailure('Slack channel', cluster, async () => {
    const why = await places.judge(channel);
    return why === null
      ? null
      : { message: why.message.replaceAll('`', ''), hint: why.hint.replaceAll('`', '') };
  });
}

async function judgeGroup(cluster: string, group: string, people: People): Promise<LiveFinding[]> {
  return await orFailure('Slack user groups', cluster, async () => {
    const members = await people.listGroup(group);
    return members.length > 0
      ? null
      : {
          message: `Nobody is in the user group ${group}.`,
          hint: 'Put approvers into it, or name another one in approverGroups.',
        };
  });
}

async function judgeApprover(cluster: string, userId: string, people: People): Promise<LiveFinding[]> {
  return await orFailure('Slack approvers', cluster, async () => {
    const { displayName, barred } = await people.findPerson(userId);
    return barred === null
      ? null
      : {
          message: `${displayName} (${userId}) cannot approve: ${barred}.`,
          hint: 'Name full members of the workspace in approvers.',
        };
  });
}

/** What was found, or that Slack does not say. */
async function orFailure(
  name: string,
  cluster: string,
  look: () => Promise<{ message: string; hint: string } | null>,
): Promise<LiveFinding[]> {
  try {
    const found = await look();
    return found === null ? [] : [{ ...about(name, cluster), verdict: 'refuse', ...found }];
  } catch (error) {
    const known = error instanceof AuroraError;
    return [
      {
        ...about(name, cluster),
        verdict: 'refuse',
        message: known ? error.message : `Slack does not answer: ${messageOf(error)}.`,
        hint: known ? error.hint : 'Look whether this machine reaches slack.com, then check again.',
      },
    ];
  }
}

async function ask<T>(
  variable: string,
  question: () => Promise<T>,
): Promise<{ readonly answer: T } | LiveFinding> {
  try {
    return { answer: await question() };
  } catch (error) {
    const failure = readSlackFailure(error);
    const refused = failure?.kind === 'refused';
    return {
      ...about('Slack tokens'),
      verdict: 'refuse',
      message: refused
        ? `Slack refuses the token in ${variable}: ${failure.code}.`
        : `Slack does not answer: ${messageOf(error)}.`,
      hint: refused
        ? 'Copy it again from the Slack app, and see that the app is installed (an app token needs the scope connections:write).'
        : 'Look whether this machine reaches slack.com, then check again.',
    };
  }
}

function about(name: string, cluster: string | null = null): Pick<LiveFinding, 'name' | 'cluster' | 'hosts'> {
  return { name, cluster, hosts: [] };
}

function passed(name: string, message: string): LiveFinding {
  return { ...about(name), verdict: 'pass', message, hint: '' };
}
