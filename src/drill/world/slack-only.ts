import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../../aurora/clock.ts';
import { incidentChannel, oncallGroup } from './cast.ts';
import { startWorkspace } from './workspace.ts';

const tokensSchema = z.object({ bot: z.string(), app: z.string(), signingSecret: z.string() });

/** The bot's own defaults of slack.address and slack.port. */
const botUrl = 'http://127.0.0.1:3000/slack/events';

/** Runs the local Slack by itself until the process is told to end, and says how to point a bot at it. */
export async function runLocalSlackAlone(options: {
  port: number;
  directory: string;
  /** `http`: signed, to where a bot listens unless it is told otherwise. */
  delivery: 'socket' | 'http';
  clock: Clock;
  say: (text: string) => void;
}): Promise<void> {
  const { directory, say } = options;
  fs.mkdirSync(directory, { recursive: true });
  const tokens = keepTokens(join(directory, 'tokens.json'));
  const { port, clock } = options;
  const delivery =
    options.delivery === 'http' ? ({ kind: 'http', url: botUrl } as const) : ({ kind: 'socket' } as const);
  const slack = await startWorkspace({ port, tokens, delivery, clock, directory });
  say(`The local Slack runs at ${slack.url}. Start a bot against it with these in its environment:`);
  say(`  SLACK_API_URL=${slack.apiUrl}`);
  say(`  SLACK_BOT_TOKEN=${tokens.bot}`);
  if (delivery.kind === 'socket') say(`  SLACK_APP_TOKEN=${tokens.app}`);
  else say(`  SLACK_SIGNING_SECRET=${tokens.signingSecret}`);
  say(
    `Channel for the configuration: ${incidentChannel.id} (#${incidentChannel.name}); approver group: ${oncallGroup.id}.`,
  );
  if (delivery.kind === 'http')
    say(`It delivers to ${botUrl}: configure the bot with slack: { mode: http }.`);
  say('Ctrl-C ends it.');
  await new Promise<void>((done) => {
    process.once('SIGINT', () => done());
    process.once('SIGTERM', () => done());
  });
  await slack.close();
}

/** The same tokens when it is started again on the same directory, so that a bot need not be told new ones. */
function keepTokens(file: string): z.infer<typeof tokensSchema> {
  if (fs.existsSync(file)) return tokensSchema.parse(JSON.parse(fs.readFileSync(file, 'utf8')));
  const secret = (prefix: string): string => `${prefix}${randomBytes(18).toString('hex')}`;
  const tokens = { bot: secret('xoxb-local-'), app: secret('xapp-local-'), signingSecret: secret('') };
  fs.writeFileSync(file, JSON.stringify(tokens), { mode: 0o600 });
  return tokens;
}
