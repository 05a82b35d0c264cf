/** Which driver could block traffic on this host: the first that answers a look. Nothing is changed. */
import { dirname } from 'node:path';
import type { AgentConfig } from '../config.ts';
import { createIptables } from '../drivers/iptables.ts';
import { trafficMarker } from '../drivers/traffic-marker.ts';
import type { Iptables } from '../iptables-config.ts';
import { runCommand } from '../run-command.ts';

const lookMs = 10_000;
const directories = ['/usr/sbin', '/sbin'];

/** A sentence for the administrator. */
export async function proposeTraffic({ paths, scheduler }: AgentConfig): Promise<string> {
  for (const nft of directories.map((directory) => `${directory}/nft`)) {
    // An nft without -j (before 0.9.1) prints no JSON.
    const outcome = await runCommand({ argv: [nft, '-j', 'list', 'tables'], timeoutMs: lookMs }).catch(
      () => null,
    );
    if (outcome?.exitCode === 0 && outcome.stdout.startsWith('{')) {
      return works(`{ kind: nftables${dirname(nft) === '/usr/sbin' ? '' : `, nft: ${nft}`} }`);
    }
  }
  for (const directory of directories) {
    for (const ipv6 of [true, false]) {
      const config: Iptables = {
        kind: 'iptables',
        chain: 'AURORA_CHATOPS',
        program: 'iptables',
        directory,
        ipv6,
      };
      const parts = { port: scheduler.httpPort, commandMs: lookMs, marker: trafficMarker(paths.state) };
      const answers = await createIptables(config, parts)
        .status()
        .then(
          () => true,
          () => false,
        );
      const place = directory === '/usr/sbin' ? '' : `, directory: ${directory}`;
      if (answers) return works(`{ kind: iptables${place}${ipv6 ? '' : ', ipv6: false'} }`);
    }
  }
  return 'Neither nftables nor iptables answers here; install one of them.';
}

function works(driver: string): string {
  return `Here "drivers.traffic: ${driver}" works.`;
}
