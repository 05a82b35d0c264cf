/** The drill's local Slack, with its people, its channels and the bot installed in it. */
import { join } from 'node:path';
import type { Clock } from '../../aurora/clock.ts';
import { type LocalSlack, startLocalSlack } from '../../local-slack/local-slack.ts';
import { botUserId, drillTeam, drillUsers, generalChannel, incidentChannel, oncallGroup } from './cast.ts';
import { botManifest } from './manifest.ts';
import type { Saved } from './saved.ts';

/** What the bot proves itself with, and what it checks Slack by. */
interface Tokens {
  readonly bot: string;
  readonly app: string;
  readonly signingSecret: string;
}

/** Starts it where it was; it delivers to the bot of the same drill. */
export async function startSlack(
  options: { directory: string; clock: Clock; delivery: 'socket' | 'http' },
  saved: Saved,
): Promise<LocalSlack> {
  return await startWorkspace({
    port: saved.ports.slack,
    tokens: saved.tokens,
    delivery:
      options.delivery === 'socket'
        ? { kind: 'socket' }
        : { kind: 'http', url: `http://127.0.0.1:${saved.ports.bot}/slack/events` },
    clock: options.clock,
    directory: options.directory,
  });
}

/** Starts the local Slack with the cast of the drill, and the bot as its manifest describes it. */
export async function startWorkspace(options: {
  port: number;
  tokens: Tokens;
  delivery: Parameters<typeof startLocalSlack>[0]['delivery'];
  clock: Clock;
  directory: string;
}): Promise<LocalSlack> {
  const { port, tokens, delivery, clock, directory } = options;
  const { name, commands, shortcuts, scopes, events } = botManifest();
  return await startLocalSlack({
    port,
    team: drillTeam,
    users: drillUsers,
    usergroups: [oncallGroup],
    channels: [incidentChannel, generalChannel],
    app: {
      appId: 'A0AURORA',
      name,
      botUserId,
      botToken: tokens.bot,
      appToken: tokens.app,
      signingSecret: tokens.signingSecret,
      commands,
      shortcuts,
      scopes,
      events,
    },
    delivery,
    clock,
    stateDir: join(directory, 'slack'),
  });
}
