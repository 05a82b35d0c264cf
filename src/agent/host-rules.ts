/**
 * Whether what is asked leads the host to a state that those who signed may bring about. Pure. A grant says who has signed; what
 * that is good for depends on what the host would be afterwards: a scheduler that starts as usual on a log which a restore
 * has made forgets every task, and Mesos kills them, without any commit (aurora.md 14 B).
 */
import { signedGoBack } from '../aurora/operations/define-operation.ts';
import type { GrantPayload, OperationKind, OperationParams } from '../aurora/operations.ts';
import { isRestoreChange, recoveryToolFlags, sameFlags } from '../aurora/restore-flags.ts';
import { countPeople } from './granted-signers.ts';
import { isCommitSigned, type LogsOfHost } from './host-history.ts';

/** The host as it is, as far as a rule goes by it. */
export interface HostState {
  readonly auroraVersion: string;
  readonly logs: LogsOfHost;
  /** There is a log that this restore has set aside. */
  readonly isAside: boolean;
  /** There is a log that the one which made the log in place has set aside; without it somebody has moved logs by hand. */
  readonly isMakersAside: boolean;
  /** `own`: byte for byte as before this restore, or without any flag of recovery mode. */
  readonly flags: 'own' | 'recovery' | 'mixed';
  /** When a scheduler of this host was last asked for a backup; `null` for never. */
  readonly backUpNowAt: number | null;
  readonly service: { readonly state: 'running' | 'stopped'; readonly held: boolean | null };
}

interface Asked {
  readonly kind: OperationKind;
  readonly params: OperationParams[OperationKind];
  readonly payload: GrantPayload;
  readonly now: number;
  readonly clockSkewMs: number;
}

/** Why not, and what to do first. */
interface StateRefusal {
  /** `state` unless it is said. */
  readonly rule?: 'too-soon';
  readonly message: string;
  readonly hint: string;
}

/**
 * Each backup rotates the oldest away, 48 are kept unless it is said (aurora.md 5.2): whoever owns the bot needs a day at this pace,
 * and an hour without it.
 */
const backUpEveryMs = 30 * 60_000;

/** `null` when it may be done. */
export function judgeState(asked: Asked, host: HostState): StateRefusal | null {
  switch (asked.kind) {
    case 'set-flags':
      return isRestoreChange(host.auroraVersion, flagsOf(asked.params)) ? null : otherFlags(host);
    case 'run-recovery-tool':
      return sameFlags(recoveryToolFlags, flagsOf(asked.params)) ? null : otherToolFlags;
    case 'set-aside-log':
      return host.service.held === false ? notHeld : null;
    case 'initialize-log':
    case 'set-aside-new-log':
    case 'bring-back-log':
      return host.isAside ? null : nothingAside;
    case 'start-scheduler':
      return host.flags === 'recovery' ? null : judgeNormal(asked, host);
    case 'restore-flags':
      // The service manager may start it again at any time, and then with these.
      return host.service.state === 'running' ? judgeLog(asked, host) : null;
    case 'put-back-log':
      return host.logs.lived.has(asked.payload.restoreId) && !isGoBackSigned(asked) ? hasLived : null;
    case 'back-up-now':
      return host.flags === 'own' && host.logs.madeBy === null ? judgePace(asked, host) : inRestore;
    default:
      return null;
  }
}

/** A scheduler that registers with Mesos, and reconciles. */
function judgeNormal(asked: Asked, host: HostState): StateRefusal | null {
  const refusal = judgeLog(asked, host);
  if (refusal !== null) return refusal;
  const made = makerOf(asked, host) !== null;
  return made || host.flags === 'own' ? null : halfRecovery;
}

/** The log from before this restore, or one that two people have signed the commit of. */
function judgeLog(asked: Asked, host: HostState): StateRefusal | null {
  const maker = makerOf(asked, host);
  if (maker === null) return null;
  if (maker !== asked.payload.restoreId) return madeByAnother(maker);
  return isCommitSigned(asked.payload, asked) ? null : notCommitted(maker);
}

/** The restore that has made the log in place; its old one still lies aside, or somebody has moved them by hand since. */
function makerOf(
  { payload: { restoreId } }: Asked,
  { logs, isAside, isMakersAside }: HostState,
): string | null {
  if (isAside && !logs.lived.has(restoreId)) return restoreId;
  return isMakersAside ? logs.madeBy : null;
}

/** A clock that was set back by more than that makes nobody wait for it. */
function judgePace({ now }: Asked, { backUpNowAt }: HostState): StateRefusal | null {
  return backUpNowAt === null || Math.abs(now - backUpNowAt) >= backUpEveryMs ? null : tooSoon;
}

function isGoBackSigned({ payload, now, clockSkewMs }: Asked): boolean {
  const at = { now, clockSkewMs };
  return (
    isCommitSigned(payload, at) ||
    countPeople(payload, { signed: signedGoBack, ...at }) >= signedGoBack.people
  );
}

function flagsOf(params: Asked['params']): Readonly<Record<string, string | null>> {
  return 'flags' in params ? params.flags : {};
}

function otherFlags({ auroraVersion }: HostState): StateRefusal {
  return {
    message:
      'These are not the flags that a restore sets: those of recovery mode, or the one that holds reconciliation back. No flag was changed.',
    hint: `Compare auroraVersion of the bot with that of this agent (${auroraVersion}): the flags go by it.`,
  };
}

const otherToolFlags: StateRefusal = {
  message: 'The recovery tool is run with the quorum size 1 and no other flag of its own. It was not run.',
  hint: 'Run the same release of the bot and of this agent.',
};

/** Then a backup of now is of what nobody has decided on, and rotates away what it is decided by. */
const inRestore: StateRefusal = {
  message: 'This host is in the middle of a restore. No backup was asked for.',
  hint: 'Finish the restore first.',
};

const tooSoon: StateRefusal = {
  rule: 'too-soon',
  message: `The scheduler of this host was asked for a backup less than ${backUpEveryMs / 60_000} min ago. It was not asked again.`,
  hint: 'Look at the list: there is a fresh backup, or the last answer says why there is none. Many in a row would rotate the good ones away.',
};

const notHeld: StateRefusal = {
  message: 'Something may still start the scheduler of this host, so its log was not set aside.',
  hint: 'Stop it through the agent first, which keeps it stopped.',
};

const nothingAside: StateRefusal = {
  message: 'This restore has set no log aside on this host, so no new one was made.',
  hint: 'Set the log aside first.',
};

const halfRecovery: StateRefusal = {
  message: 'The flag file has some flags of recovery mode, but not all. The scheduler was not started.',
  hint: 'Put the original flag file back, or set all flags of recovery mode.',
};

const hasLived: StateRefusal = {
  message:
    'A scheduler has run on the log of this restore, so what was set aside is old. It was not put back.',
  hint: 'Two people must sign to go back from it.',
};

function notCommitted(maker: string): StateRefusal {
  return {
    message: `The log in place was made by ${maker}, and two people have not signed its commit. A scheduler that runs on it with its own flags would lose every task.`,
    hint: 'Put the old log back, or set the flags of recovery mode.',
  };
}

function madeByAnother(maker: string): StateRefusal {
  return {
    message: `The log in place was made by ${maker}, and this agent knows of no commit of it.`,
    hint: `Put the log back that ${maker} set aside. If the one in place is right, stop the agent and run "aurora-chatops agent accept-state" on this host.`,
  };
}
