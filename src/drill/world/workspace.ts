/** The drill's local Slack, with its people, its channels and the bot installed in it. */
import { join } from 'node:path';
import type { Clock } from '../../aurora/clock.ts';
import { type LocalSlack, startLocalSlack } from '../slack/local-slack.ts';
import { botUserId, drillTeam, drillUsers, generalChannel, incidentChannel, oncallGroup } from './cast.ts';
import { botManifest } from './manifest.ts';
import type { Saved } from './saved.ts';

/** Starts it where it was; it delivers to the bot of the same drill. */
export async function startSlack(
  options: { directory: string; clock: Clock; delivery: 'socket' | 'http' },
  saved: Saved,
): Promise<LocalSlack> {
  const manifest = botManifest();
  return await startLocalSlack({
    port: saved.ports.slack,
    team: drillTeam,
    users: drillUsers,
    usergroups: [oncallGroup],
    channels: [incidentChannel, generalChannel],
    app: {
      appId: 'A0AURORA',
      name: manifest.name,
      botUserId,
      botToken: saved.tokens.bot,
      appToken: saved.tokens.app,
      signingSecret: saved.tokens.signingSecret,
      commands: manifest.commands,
      scopes: manifest.scopes,
      events: manifest.events,
    },
    delivery:
      options.delivery === 'socket'
        ? { kind: 'socket' }
        : { kind: 'http', url: `http://127.0.0.1:${saved.ports.bot}/slack/events` },
    clock: options.clock,
    stateDir: join(options.directory, 'slack'),
  });
}
