/** What `config check --live` says of Slack, asked of the local one. */
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../src/aurora/system-clock.ts';
import type { BotConfig } from '../../src/cli/config.ts';
import { checkSlack } from '../../src/cli/slack-check.ts';
import type { LocalSlack } from '../../src/local-slack/local-slack.ts';
import { allScopes, appToken, botToken, startWorld } from '../local-slack/world.ts';
import { east } from '../restore/support/pretend-scene.ts';

let slack: LocalSlack | null = null;
afterEach(async () => {
  await slack?.close();
  slack = null;
});

interface Case {
  readonly env?: NodeJS.ProcessEnv;
  readonly world?: Parameters<typeof startWorld>[0];
  readonly channel?: string;
  readonly policy?: Partial<typeof east.policy>;
}

async function found({ env, world, channel = 'C0OPS', policy }: Case) {
  slack = await startWorld(world);
  const approvers = { approvers: ['U0BO', 'U0CY'], approverGroups: ['S0ONCALL'] };
  const config = {
    slack: { mode: 'socket', connections: 1 },
    clusters: [{ ...east, channel, watch: null, policy: { ...east.policy, ...approvers, ...policy } }],
  } as unknown as BotConfig;
  const tokens = { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_API_URL: slack.apiUrl };
  const findings = await checkSlack(config, { env: { ...tokens, ...env }, clock: systemClock });
  return findings.map(({ verdict, message, hint }) => `${verdict} ${message} ${hint}`.trim());
}

const { app } = await startWorld().then(async (world) => {
  await world.close();
  return world.workspace.people;
});

test('all is well, and no message was sent', async () => {
  expect(await found({})).toEqual([
    'pass The bot is aurora of the workspace Acme.',
    'pass The bot token has all 11 scopes of manifest.yml.',
    'pass The bot is in the channel, and Slack knows who may approve.',
  ]);
});

test.each<[string, Case, RegExp]>([
  [
    'swapped tokens, before anything is asked',
    { env: { SLACK_BOT_TOKEN: appToken, SLACK_APP_TOKEN: botToken } },
    /^refuse SLACK_BOT_TOKEN is an app token \(xapp-\), not a bot token \(xoxb-\)\. Put a bot token \(xoxb-\) there: OAuth/,
  ],
  [
    'a bot token that is none',
    { env: { SLACK_BOT_TOKEN: 'hunter2' } },
    /^refuse SLACK_BOT_TOKEN is not a bot token \(xoxb-\)\. Put/,
  ],
  [
    'no app token',
    { env: { SLACK_APP_TOKEN: '' } },
    /^refuse The environment variable SLACK_APP_TOKEN is not set\./,
  ],
  [
    'a bot token of nobody',
    { env: { SLACK_BOT_TOKEN: 'xoxb-wrong' } },
    /^refuse Slack refuses the token in SLACK_BOT_TOKEN: invalid_auth\. Copy it again/,
  ],
  [
    'an app token of nobody',
    { env: { SLACK_APP_TOKEN: 'xapp-wrong' } },
    /^refuse Slack refuses the token in SLACK_APP_TOKEN: invalid_auth\./m,
  ],
  [
    'a missing scope',
    { world: { app: { ...app, scopes: allScopes.filter((scope) => scope !== 'pins:write') } } },
    /^refuse The bot token lacks the scope pins:write\. Put manifest\.yml/m,
  ],
  [
    'a channel without the bot',
    { channel: 'C0OUT' },
    /^refuse The bot is not in the channel of this cluster, C0OUT\. Invite it/m,
  ],
  [
    'an archived channel',
    { world: { channels: [{ id: 'C0OPS', name: 'ops', members: ['U0BOT'], isArchived: true }] } },
    /^refuse The channel of this cluster, C0OPS, is archived\. Set another/m,
  ],
  [
    'a shared channel',
    { world: { channels: [{ id: 'C0OPS', name: 'ops', members: ['U0BOT'], isExtShared: true }] } },
    /^refuse The channel of this cluster is shared with another organisation\. Run/m,
  ],
  [
    'a group that is not there',
    { policy: { approverGroups: ['S0NONE'] } },
    /^refuse Slack does not say who is in the user group S0NONE \(\w+\)\./m,
  ],
  [
    'an empty group',
    { world: { usergroups: [{ id: 'S0ONCALL', handle: 'x', name: 'X', users: [] }] } },
    /^refuse Nobody is in the user group S0ONCALL\. Put approvers/m,
  ],
  [
    'an approver who is a guest',
    { policy: { approvers: ['U0GUS', 'U0BO'] } },
    /^refuse gus \(U0GUS\) cannot approve: a guest\. Name full members/m,
  ],
])('%s is one sentence and one hint', async (_what, given, sentence) => {
  const said = await found(given);

  expect(said.join('\n')).toMatch(sentence);
  expect(said.join('\n')).not.toContain('hunter2');
});
