/**
 * Whether a host is ready for a restore, told before the first incident: everything an operation will rely on is looked at,
 * and nothing is changed. Each finding that is not fine says what to do.
 */
import type { OperationTools } from '../operations/operation.ts';
import { checkAccount } from './account.ts';
import { checkBackups, checkLog, checkState } from './directories.ts';
import { type Finding, findingsOf } from './finding.ts';
import { checkFlags } from './flags.ts';
import { checkJournal } from './journal.ts';
import { checkMachine } from './machine.ts';
import { checkModes } from './modes.ts';
import { checkOwners } from './owners.ts';
import { checkPeople } from './people.ts';
import { checkProve } from './prove.ts';
import { checkRoom } from './room.ts';
import { checkScheduler } from './scheduler.ts';
import { checkService, checkTraffic } from './service.ts';
import { checkTools } from './tools.ts';
import { checkTrust } from './trust.ts';

type Check = (tools: OperationTools, configPath: string) => Promise<readonly Finding[]> | readonly Finding[];

const checks: readonly Check[] = [
  checkMachine,
  checkAccount,
  checkTrust,
  checkPeople,
  checkModes,
  checkState,
  checkJournal,
  checkLog,
  checkBackups,
  checkOwners,
  checkRoom,
  checkFlags,
  checkTools,
  checkService,
  checkScheduler,
  checkTraffic,
  checkProve,
];

/** `configPath` is the file of the configuration. All findings, in the order in which an administrator would set the host up. */
export async function checkHost(tools: OperationTools, configPath: string): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const check of checks) found.push(...(await findingsOf(() => check(tools, configPath))));
  return found;
}
