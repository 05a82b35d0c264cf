import { AuroraError } from '../src/aurora/errors.ts';
import type { RestoreState } from '../src/restore/record/state.ts';
import type { Conversation } from '../src/slack/conversation.ts';
import { renderShutOut } from '../src/slack/messages/shut-out.ts';
import { gateToSign, renderNothingToSign, renderWho } from '../src/slack/messages/who.ts';
import type { CommandDeps } from './deps.ts';
import { findOpenRestores } from './open-restores.ts';

/** `/aurora restore who [R-id | cluster]`: seen only by the one who asks. */
export async function restoreWho(
  deps: CommandDeps,
  call: { conversation: Conversation; named: string | null },
): Promise<void> {
  const { conversation, named } = call;
  const state =
    named !== null && /^r\d+$/i.test(named)
      ? await findNamed(deps, named.toUpperCase())
      : await findOpen(deps, { conversation, cluster: named });
  await tellWho(deps, conversation, state);
}

/** Who can sign what is open; what it waits for when nothing is. */
export async function tellWho(
  deps: Pick<CommandDeps, 'service' | 'clock' | 'outbox'>,
  conversation: Conversation,
  state: RestoreState,
): Promise<void> {
  const { restoreId } = state;
  const { userId } = conversation;
  const why = deps.outbox.shutOutOf(restoreId);
  if (why !== null) await conversation.tell(renderShutOut(state, why));
  const gate = gateToSign(state);
  if (gate === null) {
    await conversation.tell(renderNothingToSign(state, userId));
    return;
  }
  const [{ allowed, barred, unread, keyless }, asker] = await Promise.all([
    deps.service.whoCanSign({ restoreId, gate }),
    deps.service.mayTake('sign-off', { restoreId, gate, digest: state.gates[gate]?.digest ?? '', userId }),
  ]);
  const signers = {
    allowed: allowed.map((person) => ({ name: person.displayName })),
    barred,
    unread,
    keyless,
    asker,
  };
  await conversation.tell(renderWho({ state, gate, signers, askerId: userId, now: deps.clock.now() }));
}

async function findNamed(deps: CommandDeps, restoreId: string): Promise<RestoreState> {
  const state = await deps.service.read(restoreId);
  if (state !== null) return state;
  throw new AuroraError({
    code: 'unknown-restore',
    message: `There is no restore called \`${restoreId.slice(0, 20)}\`.`,
    hint: '`/aurora status` lists them.',
  });
}

/** The open restore of the cluster that is named, else of this channel's clusters, else of all. */
async function findOpen(
  deps: CommandDeps,
  asked: { conversation: Conversation; cluster: string | null },
): Promise<RestoreState> {
  const { restores: open, unreadable, cluster } = await findOpenRestores(deps, asked);
  const [only] = open;
  if (only !== undefined && open.length === 1) return only;
  if (only !== undefined) {
    const those = open.slice(0, 10).map((state) => `${state.restoreId} of \`${state.proposal.cluster}\``);
    throw new AuroraError({
      code: 'which-restore',
      message: `Which restore? ${those.join(', ')} are in progress.`,
      hint: `Add its name, such as \`/aurora restore who ${only.restoreId}\`.`,
    });
  }
  if (unreadable[0] !== undefined) throw unreadable[0];
  const of = cluster === null ? '' : ` of \`${cluster}\``;
  throw new AuroraError({
    code: 'no-open-restore',
    message: `No restore${of} is in progress, so there is nothing to sign.`,
    hint: '`/aurora restore` starts one; `/aurora status` lists those that have ended.',
  });
}
