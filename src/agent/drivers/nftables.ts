/**
 * Traffic by nftables, in a table of its own: nobody else's rules are read or changed, and taking the table away takes
 * away exactly what was put there. Outside connections to the scheduler's HTTP port are refused, over IPv4 and IPv6, those
 * that stand already included; loopback, the agent's path, and every other port, libprocess' too, are not touched.
 */
import { z } from 'zod';
import { AuroraError } from '../../aurora/errors.ts';
import type { AgentConfig } from '../config.ts';
import { describeOutcome, runCommand } from '../run-command.ts';
import { runEffect } from './effect-command.ts';
import { markedTraffic } from './marked-traffic.ts';
import type { TrafficDriver } from './traffic-driver.ts';
import type { TrafficMarker } from './traffic-marker.ts';

type Nftables = Extract<AgentConfig['drivers']['traffic'], { kind: 'nftables' }>;

interface Parts {
  readonly port: number;
  readonly commandMs: number;
  readonly marker: TrafficMarker;
}

/** What is run, as it appears in a process list; each is one transaction of the kernel. */
export function nftablesCommands({ nft, table }: Nftables, port: number) {
  // Added first, so that it can be deleted: whatever stood there, the result is the same.
  const empty = `add table inet ${table}; delete table inet ${table}`;
  const input = [
    'type filter hook input priority filter - 10; policy accept',
    'iifname "lo" accept',
    `tcp dport ${port} reject with tcp reset comment "aurora-chatops: the scheduler is being restored"`,
  ];
  return {
    block: [nft, `${empty}; table inet ${table} { chain input { ${input.join('; ')}; }; }`],
    unblock: [nft, empty],
    list: [nft, '-j', 'list', 'table', 'inet', table],
  };
}

/** Status throws AuroraError `command-failed` when nft does not answer. */
export function createNftables(config: Nftables, { port, commandMs, marker }: Parts): TrafficDriver {
  const commands = nftablesCommands(config, port);
  return markedTraffic(marker, {
    read: async () => {
      const outcome = await runCommand({ argv: commands.list, timeoutMs: commandMs });
      if (outcome.exitCode === 0) return blocks(outcome.stdout, port) ? 'blocked' : 'unclear';
      if (/No such file or directory/.test(outcome.stderr)) return 'open';
      throw new AuroraError({
        code: 'command-failed',
        message: `${describeOutcome(commands.list, outcome)}.`,
        hint: 'The agent needs root (CAP_NET_ADMIN) and the package nftables to block traffic.',
      });
    },
    block: (effect) => runEffect(commands.block, effect, commandMs),
    unblock: (effect) => runEffect(commands.unblock, effect, commandMs),
    describe: (operationId) => ({ operationId, nft: config.nft, table: config.table, port }),
  });
}

const listing = z.object({ nftables: z.array(z.record(z.string(), z.unknown())) });
const rule = z.object({ rule: z.object({ chain: z.literal('input'), expr: z.array(z.unknown()) }) });

/** Our two rules, in their order, and no others: anything else in the table is not what we put there. */
function blocks(printed: string, port: number): boolean {
  const rules = listing
    .parse(JSON.parse(printed))
    .nftables.flatMap((entry) =>
      'rule' in entry ? [JSON.stringify(rule.safeParse(entry).data?.rule.expr)] : [],
    );
  const expected = [
    [{ match: { op: '==', left: { meta: { key: 'iifname' } }, right: 'lo' } }, { accept: null }],
    [
      { match: { op: '==', left: { payload: { protocol: 'tcp', field: 'dport' } }, right: port } },
      { reject: { type: 'tcp reset' } },
    ],
  ];
  return JSON.stringify(rules) === JSON.stringify(expected.map((expr) => JSON.stringify(expr)));
}
