/**
 * Which agents take grants that name the bot's database, and as the successor of which start of the bot. Kept for each connection, in
 * memory, like `epochs.ts`: learnt from a status, or from a refusal.
 */
import { AuroraError } from '../../aurora/errors.ts';
import type { HostAgent } from '../../aurora/hosts.ts';
import type { GrantedStore, KnownStore, StoreIdentity } from '../../aurora/store-identity.ts';

const seen = new WeakMap<HostAgent, Pick<GrantedStore, 'after'>>();

/** `undefined` for an agent that has not told: it may be one that takes no grant with it. */
export function storeFor(agent: HostAgent, identity: StoreIdentity | undefined): GrantedStore | undefined {
  const told = seen.get(agent);
  if (told === undefined || identity === undefined) return undefined;
  const { epoch, incarnation } = identity;
  return { epoch, incarnation, ...told };
}

/** From a status: `undefined` from agents that do not tell, `null` from one that works for whichever database comes first. */
export async function learnStore(
  agent: HostAgent,
  told: KnownStore | null | undefined,
  identity: StoreIdentity | undefined,
): Promise<void> {
  if (told === undefined || identity === undefined) return;
  const last = told?.incarnation ?? null;
  // What this database does not remember is not claimed: the agent refuses, and says why.
  const after = last !== null && (await identity.hasBeen(last)) ? { after: last } : {};
  seen.set(agent, after);
}

/** True when the grant was refused because it did not name what this database remembers: sign again and ask again. */
export async function isStoreLearnt(
  agent: HostAgent,
  error: unknown,
  identity: StoreIdentity | undefined,
): Promise<boolean> {
  if (!(error instanceof AuroraError) || error.code !== 'grant-refused' || identity === undefined)
    return false;
  const { rule, store } = error.details;
  if (rule !== 'store' || typeof store !== 'object' || store === null || !('incarnation' in store))
    return false;
  const { incarnation } = store;
  if (incarnation !== null && typeof incarnation !== 'string') return false;
  const before = seen.get(agent);
  if (before !== undefined && before.after === (incarnation ?? undefined)) return false;
  if (incarnation !== null && !(await identity.hasBeen(incarnation))) return false;
  seen.set(agent, incarnation === null ? {} : { after: incarnation });
  return true;
}
