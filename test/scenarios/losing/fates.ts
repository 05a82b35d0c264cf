/**
 * What each step needs, and with that what losing something means while it runs. Whatever a step needs is waited for
 * (30 s in these tests, `agentDeadline` in the configuration) and then named; whatever it does not need it does without.
 */
import type { RestoreProcedure } from '../../../src/aurora/cluster.ts';
import { restoreProcedures } from '../../../src/aurora/cluster.ts';
import { procedures } from '../../../src/restore/procedures/index.ts';
import { undoPlan } from '../../../src/restore/procedures/parts.ts';
import type { StepName } from '../../../src/restore/record/facts.ts';
import type { Loss } from '../support/losses.ts';

/** The code under which a loss is named. */
export const codes: Readonly<Record<Loss, string>> = {
  agent: 'agent-unreachable',
  host: 'agent-unreachable',
  ZooKeeper: 'zookeeper-unreachable',
  Mesos: 'mesos-unreachable',
  Slack: 'people-unknown',
};

interface Fate {
  readonly needs: readonly Loss[];
  /** Which host is lost: the one with the backup, the elected one, or one that is neither. */
  readonly host: 'aurora-1' | 'aurora-2' | 'aurora-3';
  /** What was staged is lost with the elected scheduler, or with its place in the election: it is staged once more. */
  readonly staged?: true;
  /** Nothing starts a scheduler that is killed from here on: the report names it. */
  readonly reported?: true;
  /** It is what a scheduler is compared with in the end: one that is killed now ran before and was not seen to. */
  readonly seen?: true;
  /** Whoever leads instead is asked to reconcile too. */
  readonly askedAgain?: true;
}

const agents: readonly Loss[] = ['agent', 'host'];
const onAll = { needs: agents, host: 'aurora-3' } as const;
const onAllAnd = (...others: readonly Loss[]): Fate => ({ needs: [...agents, ...others], host: 'aurora-3' });
const onSource = { needs: agents, host: 'aurora-2' } as const;
const outsideOnly = (...others: readonly Loss[]): Fate => ({ needs: others, host: 'aurora-3' });

const fates: Partial<Record<StepName, Fate>> = {
  'check-hosts': { ...onAllAnd('ZooKeeper'), seen: true },
  'choose-backup': onAll,
  'capture-live-tasks': outsideOnly('Mesos'),
  preview: outsideOnly(),
  'hold-backup': onSource,
  'stop-schedulers': onAll,
  'block-traffic': onAll,
  'set-recovery-flags': onAll,
  'set-aside-log': onAll,
  'initialize-log': onAll,
  'place-backup': onAll,
  'start-schedulers': onAllAnd('ZooKeeper'),
  'find-elected': onAllAnd('ZooKeeper'),
  'stage-backup': { needs: [...agents, 'ZooKeeper'], host: 'aurora-1', staged: true },
  'summarise-staged': { needs: [...agents, 'Mesos'], host: 'aurora-1', staged: true },
  commit: { needs: [...agents, 'ZooKeeper', 'Mesos', 'Slack'], host: 'aurora-1', staged: true },
  'verify-restored': onAllAnd('ZooKeeper'),
  'stop-recovery-schedulers': onAll,
  'restore-flags': onAll,
  'start-restored-schedulers': onAllAnd('ZooKeeper'),
  'confirm-leader': { ...outsideOnly('ZooKeeper', 'Mesos'), reported: true },
  'second-look': { ...outsideOnly('Mesos'), reported: true },
  'unblock-traffic': { ...onAll, reported: true },
  'release-reconciliation': { ...onAllAnd('ZooKeeper', 'Mesos'), reported: true },
  soak: { ...outsideOnly('ZooKeeper', 'Mesos'), reported: true, askedAgain: true },
  report: { ...onAllAnd('ZooKeeper'), reported: true },
  'initialize-quorum': onAll,
  'place-backup-on-one': onSource,
  'summarise-backup': { needs: [...agents, 'Mesos'], host: 'aurora-2' },
  'run-recovery-tool': { needs: [...agents, 'ZooKeeper'], host: 'aurora-2' },
  'start-quorum': onAllAnd('ZooKeeper'),
  'start-remaining': onAllAnd('ZooKeeper'),
  'check-set-aside': onAll,
  'bring-back-log': onAll,
  'read-old-state': { needs: [...agents, 'ZooKeeper', 'Mesos'], host: 'aurora-1' },
  'undo-stop-schedulers': onAll,
  'undo-put-back-log': onAll,
  'undo-take-out-backup': onAll,
  'undo-restore-flags': onAll,
  'undo-unblock-traffic': onAll,
  'undo-start-schedulers': onAllAnd('ZooKeeper'),
  'undo-confirm-leader': { ...outsideOnly('ZooKeeper', 'Mesos'), reported: true },
};

export function fateOf(step: StepName): Fate {
  const fate = fates[step];
  if (fate === undefined) throw new Error(`nobody has said what ${step} needs`);
  return fate;
}

/** Steps of a procedure in the order of its plan. */
function stepsOf(procedure: RestoreProcedure): readonly StepName[] {
  return procedures[procedure].plan.flatMap((item) => (item.kind === 'step' ? [item.name] : []));
}

/** Each procedure with the steps that none before it has: those are played with the first one that has them. */
export const ownSteps: readonly {
  readonly procedure: RestoreProcedure;
  readonly steps: readonly StepName[];
}[] = restoreProcedures.map((procedure, index) => {
  const played = new Set(restoreProcedures.slice(0, index).flatMap(stepsOf));
  return { procedure, steps: stepsOf(procedure).filter((step) => !played.has(step)) };
});

export const undoSteps: readonly StepName[] = undoPlan.flatMap((item) =>
  item.kind === 'step' ? [item.name] : [],
);

/** Nothing was touched before this step: a restore that cannot go on ends there. */
export function isBeforeTouching(step: StepName, procedure: RestoreProcedure): boolean {
  const steps = stepsOf(procedure);
  return steps.includes(step) && steps.indexOf(step) < steps.indexOf('stop-schedulers');
}

/** From the order to commit on, going back takes two people and an abort is too late. */
export function isBeforeCommit(step: StepName, procedure: RestoreProcedure): boolean {
  if (step === 'commit' || step === 'run-recovery-tool') return true;
  const { plan } = procedures[procedure];
  const gate = plan.findIndex((item) => item.kind === 'gate' && item.name === 'commit');
  return plan.slice(0, gate).some((item) => item.name === step);
}
