/**
 * Traffic by iptables and ip6tables, for hosts without nftables: a chain of our own in the table `filter`, and a jump to it as the first
 * rule of INPUT. Each change of one of the two is one transaction (`iptables-restore --noflush`), made of what `iptables-save` has
 * just said; of other rules none is named in it. Rules of others behind the jump see loopback and every other port as before.
 *
 * A rule that somebody puts before the jump may let traffic in, so that it counts as open then: the jump is made the first one again.
 */
import { join } from 'node:path';
import { AuroraError } from '../../aurora/errors.ts';
import type { Iptables } from '../iptables-config.ts';
import { type CommandOutcome, describeOutcome, runCommand } from '../run-command.ts';
import { type Effect, runEffectOutcome } from './effect-command.ts';
import { markedTraffic } from './marked-traffic.ts';
import type { TrafficDriver } from './traffic-driver.ts';
import type { TrafficMarker } from './traffic-marker.ts';

interface Parts {
  readonly port: number;
  readonly commandMs: number;
  readonly marker: TrafficMarker;
}

/** A host of many containers, or one that bans many addresses, has a long table; what is longer is not judged. */
const tableBytesMax = 16 * 1024 * 1024;
/** Somebody else's change between our look and ours makes ours fail; it is then made from a new look. */
const triesMax = 5;

/** One of the two families. */
interface Family {
  readonly save: readonly string[];
  readonly restore: readonly string[];
  /** Waits for others who change rules at this moment, where the program knows how (1.6.2, and CentOS 7's). */
  readonly restoreWaiting: readonly string[];
  readonly help: readonly string[];
}

function familiesOf({ program, directory, ipv6 }: Iptables): readonly Family[] {
  const names = [program, ...(ipv6 ? [program.replace('ip', 'ip6')] : [])];
  return names.map((name) => {
    const restore = join(directory, `${name}-restore`);
    return {
      save: [join(directory, `${name}-save`), '-t', 'filter'],
      restore: [restore, '--noflush'],
      restoreWaiting: [restore, '--noflush', '--wait=10'],
      help: [restore, '--help'],
    };
  });
}

/** What is run to change anything, as it appears in a process list; the rules come by standard input. */
export function iptablesCommands(config: Iptables): readonly (readonly string[])[] {
  return familiesOf(config).flatMap(({ restore, restoreWaiting }) => [restore, restoreWaiting]);
}

/** The programs that must be there. */
export function iptablesPrograms(config: Iptables): readonly string[] {
  return familiesOf(config).flatMap(({ save, restore }) => [save[0] ?? '', restore[0] ?? '']);
}

/** Throws AuroraError `command-failed` when a program fails, `traffic-unclear` when what it prints has no end. */
export function createIptables(config: Iptables, { port, commandMs, marker }: Parts): TrafficDriver {
  const families = familiesOf(config);
  const { chain } = config;

  const read = async ({ save }: Family): Promise<FilterTable> => {
    const outcome = await runCommand({ argv: save, timeoutMs: commandMs, outputBytes: tableBytesMax });
    if (outcome.exitCode !== 0) throw failed(save, outcome);
    return parseTable(outcome.stdout, { chain, port });
  };

  const change = async (family: Family, effect: Effect, lines: (table: FilterTable) => readonly string[]) => {
    const waits = await runCommand({ argv: family.help, timeoutMs: commandMs });
    const argv = /--wait/.test(waits.stdout + waits.stderr) ? family.restoreWaiting : family.restore;
    for (let turn = 1; ; turn += 1) {
      const wanted = lines(await read(family));
      if (wanted.length === 0) return;
      const input = `${['*filter', ...wanted, 'COMMIT'].join('\n')}\n`;
      const outcome = await runEffectOutcome(argv, effect, { timeoutMs: commandMs, input });
      if (outcome.exitCode === 0) return;
      if (turn === triesMax) throw failed(argv, outcome);
    }
  };

  // Crash between the families: one of them blocks, which is neither blocked nor open, and is asked for again.
  const changeAll = async (effect: Effect, lines: (table: FilterTable) => readonly string[]) => {
    for (const family of families) await change(family, effect, lines);
  };
  // Names a chain that is there already as well: it is empty afterwards.
  const emptyChain = `:${chain} - [0:0]`;
  const jumpsGone = ({ jumps }: FilterTable) => Array.from({ length: jumps }, () => `-D ${jumpOf(chain)}`);

  return markedTraffic(marker, {
    read: async () => {
      const states = new Set((await Promise.all(families.map(read))).map(({ state }) => state));
      const [only = 'unclear', another] = states;
      return another === undefined ? only : 'unclear';
    },
    block: (effect) =>
      changeAll(effect, (table) =>
        table.state === 'blocked'
          ? []
          : [emptyChain, ...rulesOf(chain, port), ...jumpsGone(table), `-I ${insertedJump(chain)}`],
      ),
    unblock: (effect) =>
      changeAll(effect, (table) => {
        if (table.state === 'open' && !table.hasChain) return [];
        // A chain that somebody else's rule leads to cannot be removed: it stays, and does nothing.
        return [emptyChain, ...jumpsGone(table), ...(table.othersJump ? [] : [`-X ${chain}`])];
      }),
    describe: (operationId) => ({ operationId, iptables: config, port }),
  });
}

const jumpOf = (chain: string): string => `INPUT -j ${chain}`;
const insertedJump = (chain: string): string => `INPUT 1 -j ${chain}`;

/** As `iptables-save` prints them, from 1.4.21 to 1.8.9, in both kinds. */
function rulesOf(chain: string, port: number): readonly string[] {
  const why = '-m comment --comment "aurora-chatops: the scheduler is being restored"';
  return [
    `-A ${chain} -i lo -j RETURN`,
    `-A ${chain} -p tcp -m tcp --dport ${port} ${why} -j REJECT --reject-with tcp-reset`,
  ];
}

interface FilterTable {
  readonly state: 'blocked' | 'open' | 'unclear';
  /** There, with rules or empty. */
  readonly hasChain: boolean;
  /** How many rules of INPUT are our jump. */
  readonly jumps: number;
  /** A rule that we did not make leads to our chain. */
  readonly othersJump: boolean;
}

function parseTable(printed: string, { chain, port }: { chain: string; port: number }): FilterTable {
  const lines = printed.split('\n').map((line) => line.trimEnd());
  if (!lines.includes('COMMIT')) {
    throw new AuroraError({
      code: 'traffic-unclear',
      message: 'The rules of this host could not be read to their end.',
      hint: 'Run "iptables-save -t filter" on the host and see what it prints; it must end with COMMIT.',
    });
  }
  const jump = `-A ${jumpOf(chain)}`;
  const jumps = lines.filter((line) => line === jump).length;
  const own = lines.filter((line) => line.startsWith(`-A ${chain} `));
  const leads = new RegExp(` -[jg] ${chain}(?: |$)`);
  const whole = JSON.stringify(own) === JSON.stringify(rulesOf(chain, port));
  const first = lines.find((line) => line.startsWith('-A INPUT ')) === jump;
  return {
    state: whole && first ? 'blocked' : own.length === 0 && jumps === 0 ? 'open' : 'unclear',
    hasChain: lines.some((line) => line.startsWith(`:${chain} `)),
    jumps,
    othersJump: lines.some((line) => line !== jump && leads.test(line)),
  };
}

function failed(argv: readonly string[], outcome: CommandOutcome): AuroraError {
  return new AuroraError({
    code: 'command-failed',
    message: `${describeOutcome(argv, outcome)}.`,
    hint: 'iptables needs root (CAP_NET_ADMIN, CAP_NET_RAW) and its kernel modules: run "modprobe -a iptable_filter ip6table_filter", and list both in /etc/modules-load.d. On a host without IPv6 set drivers.traffic.ipv6: false.',
  });
}
