/** What the watch says of an alarm: the message in the channel, and what follows it in its thread. */
import { type Alarm, isOpen, isSnoozed, type Said } from '../../watch/state.ts';
import { actionIds } from '../action-ids.ts';
import { actions, button, context, type Message, message, section } from '../blocks.ts';
import { mention, quote, sentence } from '../escape.ts';
import { dayAndTime, durationText } from '../time.ts';

interface Told {
  readonly cluster: string;
  readonly alarm: Alarm & { readonly said: Said };
}

/** In the channel. Its words stay as they were said; what became of it is added. */
export function renderAlarm({ cluster, alarm }: Told, now: number): Message {
  const { said } = alarm;
  return message(
    [
      section(`${signs[said.severity]} *${sentence(said.says)}*`),
      section(`${sentence(said.means)}\n${sentence(said.next)}`),
      ...becameOf(alarm, now).map(section),
      ...actions(isOpen(alarm) ? buttonsOf(cluster, alarm) : []),
      context(`\`${alarm.kind}\` · since ${dayAndTime(alarm.sinceMs)}`),
    ],
    2,
  );
}

/** Once, when a warning has become critical. */
export function renderWorse({ says, means }: Said): Message {
  return message([section(`${signs.critical} *It got worse:* ${sentence(says)}`), section(sentence(means))]);
}

/** Once, when it is over. */
export function renderOver({ alarm }: Told, overAtMs: number): Message {
  return message([
    section(
      `*Over after ${durationText(overAtMs - alarm.sinceMs)}.* ${sentence(alarm.said.says)} That is no longer so.`,
    ),
  ]);
}

/** `east|7`: what the buttons of an alarm are about. */
export function alarmValue(alarm: { readonly cluster: string; readonly number: number }): string {
  return `${alarm.cluster}|${alarm.number}`;
}

/** `null` for anything that is not one of our values. */
export function parseAlarm(value: string): { cluster: string; number: number } | null {
  const [, cluster, digits] = /^([a-z0-9][a-z0-9_-]{0,59})\|(\d{1,9})$/i.exec(value) ?? [];
  return cluster === undefined || digits === undefined ? null : { cluster, number: Number(digits) };
}

const signs = { critical: ':rotating_light:', warning: ':warning:' } as const;

function becameOf(alarm: Told['alarm'], now: number): string[] {
  const { over, snooze, sinceMs } = alarm;
  const silenced =
    snooze === null
      ? ''
      : `${mention(snooze.by)} until ${dayAndTime(snooze.untilMs)}: ${quote(snooze.reason)}`;
  if (over?.why === 'cleared') return [`*Over after ${durationText(over.atMs - sinceMs)}.*`];
  if (over?.why === 'snoozed')
    return [`Silenced by ${silenced}. It was still true then, and is told again below.`];
  return isSnoozed(alarm, now)
    ? [`*Silenced* by ${silenced}. You are told again then, if it is still true.`]
    : [];
}

function buttonsOf(cluster: string, { number, said }: Told['alarm']) {
  return [
    ...(said.hold === undefined
      ? []
      : [
          button({
            actionId: actionIds.holdBackup,
            label: 'Hold it…',
            value: JSON.stringify({ cluster, sha256: said.hold }),
            style: 'primary',
          }),
        ]),
    button({ actionId: actionIds.snoozeAlarm, label: 'Snooze…', value: alarmValue({ cluster, number }) }),
  ];
}
