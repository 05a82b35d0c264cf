import { readFile } from 'node:fs/promises';
import { AuroraError } from '../../aurora/errors.ts';
import type { AgentConfig } from '../config.ts';
import type { OperationTools } from '../operations/operation.ts';
import { type Finding, ok, problem, warning } from './finding.ts';
import { proposeTraffic } from './propose-traffic.ts';

/** The service manager knows the scheduler, and nothing of an earlier restore keeps it down. */
export async function checkService({ service }: OperationTools): Promise<readonly Finding[]> {
  const { state, pid, held } = await service.status();
  const what = `The service of the scheduler is ${state}${pid === null ? '' : ` as process ${pid}`}.`;
  if (held !== true) return [ok(what)];
  return [
    ok(what),
    warning(
      'The scheduler is held down: its service manager will not start it.',
      'If no restore is in progress, remove the hold by hand; the file it is in says how.',
    ),
  ];
}

/** Whether outside traffic can be kept away, and is not now. */
export async function checkTraffic({ traffic, config }: OperationTools): Promise<readonly Finding[]> {
  const { traffic: chosen } = config.drivers;
  if (
    chosen.kind === 'iptables' &&
    !chosen.ipv6 &&
    hasIpv6(await readFile('/proc/net/if_inet6', 'utf8').catch(() => ''))
  ) {
    return [
      problem(
        'This host has an IPv6 address, and drivers.traffic.ipv6 is false: clients would come in that way.',
        'Take the line out of the configuration of the agent.',
      ),
    ];
  }
  const { state, settled } = await traffic.status().catch(async (error: unknown) => {
    throw await withProposal(error, config);
  });
  if (state === 'not-managed') {
    return [
      warning(
        'Outside traffic to the scheduler is not blocked during a restore.',
        `Unless a firewall of your own does it, set drivers.traffic. ${await proposeTraffic(config)}`,
      ),
    ];
  }
  if (state === 'open' && settled)
    return [ok('Outside traffic to the scheduler is open, and can be blocked.')];
  return [
    warning(
      'Outside traffic to the scheduler is blocked by the agent, or was in part.',
      'If no restore is in progress, find out which one has left it so, and abort that.',
    ),
  ];
}

/** A driver that does not work here: which one does. */
async function withProposal(error: unknown, config: AgentConfig): Promise<unknown> {
  if (!(error instanceof AuroraError)) return error;
  const hint = `${error.hint} ${await proposeTraffic(config)}`;
  return new AuroraError({ code: error.code, message: error.message, hint, cause: error });
}

/** Of /proc/net/if_inet6, which a kernel without IPv6 has not; loopback's own address counts for nothing. */
export function hasIpv6(addresses: string): boolean {
  return addresses.split('\n').some((line) => line !== '' && !/\slo\s*$/.test(line));
}
