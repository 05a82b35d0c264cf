/** "Snooze…" below an alarm: a reason and a time, then the watch is silent about it. Whoever may talk to the bot may do that. */
import { AuroraError } from '../src/aurora/errors.ts';
import { viewIds } from '../src/slack/action-ids.ts';
import type { Press, Submission } from '../src/slack/conversation.ts';
import { alarmValue, parseAlarm } from '../src/slack/messages/alarm.ts';
import { readSnooze, snoozeForm } from '../src/slack/views/snooze.ts';
import type { CommandDeps } from './deps.ts';

export async function pressSnooze(deps: CommandDeps, press: Press): Promise<void> {
  const about = parseAlarm(press.value);
  const said = about === null ? null : await deps.watches?.findAlarm({ ...about, message: press.message });
  if (about === null || said == null) throw noSuchAlarm();
  const { userId, channel, threadTs, message } = press;
  const metadata = deps.seals.seal({
    form: viewIds.snoozeAlarm,
    userId,
    channel,
    threadTs,
    messageTs: message?.ts ?? null,
    subject: alarmValue(about),
  });
  await press.show(snoozeForm(said, metadata));
}

export async function submitSnooze(deps: CommandDeps, submission: Submission): Promise<void> {
  const { userId, metadata } = submission;
  const { subject } = deps.seals.open(metadata, { form: viewIds.snoozeAlarm, userId });
  const about = parseAlarm(subject);
  if (about === null || deps.watches === undefined) throw noSuchAlarm();
  const { forMs, reason } = readSnooze(submission);
  await deps.watches.snooze({ ...about, by: userId, reason, untilMs: deps.clock.now() + forMs });
}

function noSuchAlarm(): AuroraError {
  return new AuroraError({
    code: 'unknown-alarm',
    message: "That alarm is over, or is not one of this bot's; nothing was done.",
    hint: 'Look for the newest message about it in the channel of the cluster.',
  });
}
