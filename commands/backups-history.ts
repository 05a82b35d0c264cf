import { AuroraError } from '../src/aurora/errors.ts';
import { named } from '../src/aurora/printable.ts';
import { foldHistory } from '../src/backups/history.ts';
import { message, section } from '../src/slack/blocks.ts';
import { sentence } from '../src/slack/escape.ts';
import { pictureOf, renderHistory } from '../src/slack/messages/backup-history.ts';
import type { CommandDeps } from './deps.ts';
import { type BackupsCall, splitCluster } from './which-backup.ts';

const dayMs = 86_400_000;
const daysByDefault = 14;
const daysMax = 90;

/** `/aurora backups history [cluster] [days]`: a table at once, and the picture below it. */
export async function backupsHistory(deps: CommandDeps, call: BackupsCall): Promise<void> {
  const { access, text } = splitCluster(deps, call);
  const cluster = access.cluster.name;
  const days = parseDays(text);
  if (deps.history === undefined) throw notKept();
  const toMs = deps.clock.now();
  const fromMs = toMs - days * dayMs;
  const history = foldHistory(await deps.history.listSeen(cluster, { fromMs, toMs }), { fromMs, toMs });
  const { conversation } = call;
  await conversation.tell(renderHistory(cluster, history));
  if (deps.pictures === undefined || history.whole.length + history.unusable.length === 0) return;
  try {
    await deps.pictures.show(conversation, pictureOf(cluster, history));
  } catch (error) {
    // The table has been told.
    if (!(error instanceof AuroraError)) throw error;
    await conversation.tell(message([section(sentence(`${error.message} ${error.hint}`))]));
  }
}

/** `30`, `30d`, `30 days`, `4 weeks`; a fortnight when nothing is said. AuroraError `which-days`. */
function parseDays(text: string): number {
  if (text === '') return daysByDefault;
  const [, number = '', unit = 'd'] = /^(\d{1,4}) ?(d|days?|w|weeks?)?$/i.exec(text) ?? [];
  const days = Number(number) * (unit.toLowerCase().startsWith('w') ? 7 : 1);
  if (number !== '' && days >= 1 && days <= daysMax) return days;
  throw new AuroraError({
    code: 'which-days',
    message:
      number === ''
        ? `\`${named(text, 40)}\` is neither a cluster nor a number of days.`
        : `The history covers 1 to ${daysMax} days, not ${days}.`,
    hint: 'Such as `/aurora backups history 30`.',
  });
}

function notKept(): AuroraError {
  return new AuroraError({
    code: 'no-history',
    message: 'This bot keeps no history of backups.',
    hint: 'Check how it was started.',
  });
}
