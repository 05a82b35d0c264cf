import type { OperationTools } from '../operations/operation.ts';
import { type Finding, ok, warning } from './finding.ts';

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
export async function checkTraffic({ traffic }: OperationTools): Promise<readonly Finding[]> {
  const { state, settled } = await traffic.status();
  if (state === 'not-managed') {
    return [
      warning(
        'Outside traffic to the scheduler is not blocked during a restore.',
        'Choose nftables or commands for drivers.traffic, unless a firewall of your own does it.',
      ),
    ];
  }
  if (state === 'open' && settled)
    return [ok('Outside traffic to the scheduler is open, and can be blocked.')];
  return [
    warning(
      'Outside traffic to the scheduler is blocked by the agent.',
      'If no restore is in progress, find out which one has left it so, and abort that.',
    ),
  ];
}
