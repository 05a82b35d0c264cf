import { createIptables } from './drivers/iptables.ts';
import { createNftables } from './drivers/nftables.ts';
import { trafficMarker } from './drivers/traffic-marker.ts';

const commandMs = 30_000;

/**
 * Blocks again what the agent's state directory says was blocked, if it has come open. Reads nothing else: neither a
 * configuration nor a certificate that has expired keeps a booting host from it. Throws AuroraError `command-failed`.
 */
export async function blockTrafficAgain(state: string): Promise<void> {
  const marker = trafficMarker(state);
  const blocked = await marker.read();
  if (blocked === null) return;
  const parts = { port: blocked.port, commandMs, marker };
  const traffic =
    'iptables' in blocked
      ? createIptables(blocked.iptables, parts)
      : createNftables({ kind: 'nftables', nft: blocked.nft, table: blocked.table }, parts);
  await traffic.blockAgain();
}
