/** `/aurora backups hold`, `release` and `now`: letting go and backing up are asked for before all, and take an approver (`approve-errand.ts`). */
import { z } from 'zod';
import { AuroraError } from '../src/aurora/errors.ts';
import { printable } from '../src/aurora/printable.ts';
import { within } from '../src/aurora/within.ts';
import { listInventory } from '../src/backups/inventory.ts';
import type { ClusterAccess } from '../src/restore/ports.ts';
import type { Conversation, Press } from '../src/slack/conversation.ts';
import { code, foreign, quote } from '../src/slack/escape.ts';
import { renderAsked, renderHeld } from '../src/slack/messages/errands.ts';
import { findLeader } from './backups-diff.ts';
import { chooseCluster } from './choose-cluster.ts';
import type { CommandDeps } from './deps.ts';
import { listHeld } from './held-copies.ts';
import { interactiveReadMs } from './reads.ts';
import { parseJson, sealErrand, unknownButton } from './sealed-errand.ts';
import { type BackupsCall, findBackup, readAbout, splitCluster } from './which-backup.ts';

const whyCharsMax = 120;

/** `/aurora backups hold WHICH [cluster] for WHY` */
export async function backupsHold(deps: CommandDeps, call: BackupsCall): Promise<void> {
  const { why, rest } = splitWhy(call.words);
  const about = await readAbout(deps, { ...call, words: rest });
  const item = findBackup(about, deps.clock.now());
  if (why === '') throw whyMissing('hold', item.sha256.slice(0, 12));
  await hold(deps, call.conversation, { access: about.access, sha256: item.sha256, why });
}

const pressed = z.object({ cluster: z.string(), sha256: z.string() });

/** A button of an alarm, or of `show`: its value is `{cluster, sha256}`. */
export async function pressHold(deps: CommandDeps, press: Press): Promise<void> {
  const about = parsePressed(press.value);
  const access = chooseCluster(deps, { cluster: about.cluster, conversation: press });
  await hold(deps, press, { access, sha256: about.sha256, why: 'pressed Hold' });
}

async function hold(
  deps: CommandDeps,
  conversation: Conversation,
  wanted: { access: ClusterAccess; sha256: string; why: string },
): Promise<void> {
  const { access, sha256, why } = wanted;
  const { clock } = deps;
  const inventory = await listInventory(access.agents, { clock, limitMs: interactiveReadMs });
  const item = inventory.items.find((candidate) => candidate.sha256 === sha256);
  const copy = item?.copies[0];
  if (item === undefined || copy === undefined) throw gone(access.cluster.name);
  const about = { cluster: access.cluster.name, host: copy.host, userId: conversation.userId, why };
  await errandsOf(deps).hold({ ...about, name: copy.name, sha256 });
  await conversation.share(renderHeld({ ...about, item, now: clock.now() }));
}

/** `/aurora backups release SHA [cluster] [for WHY]` */
export async function backupsRelease(deps: CommandDeps, call: BackupsCall): Promise<void> {
  const { why, rest } = splitWhy(call.words);
  const { access, text } = splitCluster(deps, { ...call, words: rest });
  requireHere(access, call.conversation);
  const held = await listHeld(access.agents, deps.clock);
  const found = held.filter(({ sha256 }) => text !== '' && sha256.startsWith(text.toLowerCase()));
  const [only] = found;
  if (only === undefined || found.length > 1) throw whichHeld(access.cluster.name, held);
  await requireBotsWord(deps, access, only.host);
  const about = { cluster: access.cluster.name, host: only.host, userId: call.conversation.userId, why };
  const what = `Held by ${foreign(only.by, 80)}: ${quote(only.why)}. The copy ${code(only.sha256.slice(0, 12))} would be set aside until somebody removes it on the host.`;
  const value = sealErrand(deps, call.conversation, { ...about, kind: 'release', sha256: only.sha256 });
  await call.conversation.share(renderAsked({ ...about, kind: 'release', what, value }));
}

/** `/aurora backups now [cluster] [for WHY]` */
export async function backupsNow(deps: CommandDeps, call: BackupsCall): Promise<void> {
  const { why, rest } = splitWhy(call.words);
  const { access } = splitCluster(deps, { ...call, words: rest });
  const cluster = access.cluster.name;
  requireHere(access, call.conversation);
  await requireNoRestore(deps, cluster);
  const { host } = await findLeader(deps, access);
  await requireBotsWord(deps, access, host);
  const about = { cluster, host, userId: call.conversation.userId, why };
  const what =
    'The leader is asked only while it is READY, has tasks, and has written no backup in this minute. The new file is decoded to its end; rotation may delete the oldest backup.';
  const value = sealErrand(deps, call.conversation, { ...about, kind: 'now', sha256: '' });
  await call.conversation.share(renderAsked({ ...about, kind: 'now', what, value }));
}

function parsePressed(value: string): z.infer<typeof pressed> {
  const parsed = pressed.safeParse(parseJson(value));
  if (parsed.success) return parsed.data;
  throw unknownButton();
}

/** Everything behind `for` is why. */
function splitWhy(words: readonly string[]): { why: string; rest: readonly string[] } {
  const at = words.findIndex((word) => word.toLowerCase() === 'for');
  if (at === -1) return { why: '', rest: words };
  return { why: printable(words.slice(at + 1).join(' ')).slice(0, whyCharsMax), rest: words.slice(0, at) };
}

export function errandsOf({ errands }: CommandDeps): NonNullable<CommandDeps['errands']> {
  if (errands !== undefined) return errands;
  throw new AuroraError({
    code: 'no-errands',
    message: 'This bot is not set up to act on hosts outside a restore.',
    hint: 'Check how it was started.',
  });
}

/** Others have to see what is asked. */
function requireHere({ cluster }: ClusterAccess, { channel }: Conversation): void {
  if (channel === cluster.channel) return;
  throw new AuroraError({
    code: 'other-channel',
    message: `Ask for that in the channel of \`${cluster.name}\`, where its approvers see it.`,
    hint: 'Nothing was done. Type it there.',
  });
}

/** A host that does people's own word alone would refuse it when somebody has approved; one that is silent tells then. */
async function requireBotsWord(
  { clock }: CommandDeps,
  { agents }: ClusterAccess,
  host: string,
): Promise<void> {
  const asked = agents.find((agent) => agent.host === host)?.readStatus();
  const status = await within(clock, interactiveReadMs, Promise.resolve(asked)).catch(() => undefined);
  if (status?.people?.mode !== 'require') return;
  throw new AuroraError({
    code: 'errand-unsignable',
    message: `${host} requires people's own signatures, and outside a restore there is nothing they can sign yet.`,
    hint: 'Nothing was done. Do it on the host itself; docs/signing.md says how.',
  });
}

function whyMissing(verb: string, sha256: string): AuroraError {
  return new AuroraError({
    code: 'reason-missing',
    message: 'Say what it is kept for: somebody will ask, months from now.',
    hint: `Such as \`/aurora backups ${verb} ${sha256} for the migration to 0.22\`.`,
  });
}

function whichHeld(
  cluster: string,
  held: readonly { sha256: string; by: string; why: string }[],
): AuroraError {
  const listed = held
    .slice(0, 6)
    .map(({ sha256, by, why }) => `\`${sha256.slice(0, 12)}\` (${printable(by)}: ${printable(why)})`);
  return new AuroraError({
    code: 'which-held',
    message:
      held.length === 0
        ? `No backup of \`${cluster}\` is held.`
        : `Which one? These are held: ${listed.join(', ')}.`,
    hint: held.length === 0 ? 'There is nothing to release.' : 'Name it by the start of its sha256.',
  });
}

export async function requireNoRestore({ service }: CommandDeps, cluster: string): Promise<void> {
  const { restores } = await service.list({ open: true, cluster });
  const [restore] = restores;
  if (restore === undefined) return;
  throw new AuroraError({
    code: 'cluster-busy',
    message: `${restore.restoreId} of \`${cluster}\` is in progress: a backup now would capture a state that nobody has decided on.`,
    hint: 'Nothing was done. Ask again when it has ended.',
  });
}

function gone(cluster: string): AuroraError {
  return new AuroraError({
    code: 'backup-missing',
    message: `That backup of \`${cluster}\` is gone, or its host no longer answers.`,
    hint: `Look at \`/aurora backups ${cluster}\` again.`,
  });
}
