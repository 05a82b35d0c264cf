import type { Clock } from '../src/aurora/clock.ts';
import type { FleetHistory } from '../src/aurora/fleet.ts';
import type { Journal } from '../src/aurora/journal.ts';
import type { Fleet } from '../src/backups/fleet.ts';
import type { BackupCraft, ClusterAccess } from '../src/restore/ports.ts';
import type { RestoreEvent } from '../src/restore/record/events.ts';
import type { Signed } from '../src/restore/rules/proofs.ts';
import type { Errands } from '../src/restore/service/errands.ts';
import type { RestoreService } from '../src/restore/service/service.ts';
import type { Press } from '../src/slack/conversation.ts';
import type { Outbox } from '../src/slack/outbox.ts';
import type { Pictures } from '../src/slack/pictures/pictures.ts';
import type { Places } from '../src/slack/places.ts';
import type { Seals } from '../src/slack/sealed.ts';
import type { Said } from '../src/watch/state.ts';
import type { LossEstimates } from './shared-losses.ts';

/** What commands ask. They decide nothing: services do. */
export interface CommandDeps {
  readonly service: RestoreService;
  /** The record itself: what a report tells that the state does not keep. */
  readonly journal: Pick<Journal<RestoreEvent>, 'read'>;
  readonly clusters: ReadonlyMap<string, ClusterAccess>;
  /** What the hosts have of backups, shared by all who ask. */
  readonly fleet: Pick<Fleet, 'of'>;
  readonly losses: LossEstimates;
  readonly craft: Pick<BackupCraft, 'computeBlastRadius'>;
  readonly outbox: Pick<Outbox, 'findRestore' | 'hasOffered' | 'linkOf' | 'shutOutOf'>;
  readonly seals: Seals;
  readonly places: Places;
  readonly clock: Clock;
  /** What is asked of hosts outside restores. */
  readonly errands?: Errands;
  /** What was seen of backups over days; absent where nobody keeps it. */
  readonly history?: Pick<FleetHistory, 'listSeen'>;
  /** Where pictures can be shown. */
  readonly pictures?: Pictures;
  /** Absent where nothing is watched. */
  readonly watches?: Watches;
  /** The way to the page where people sign with a passkey; absent where there is none. */
  readonly signLinks?: SignLinker;
}

/** The watches of all clusters, for who presses a button of an alarm. */
export interface Watches {
  /** The words of an open alarm, when that message is the one that told them; `null` otherwise. */
  findAlarm(about: { cluster: string; number: number; message: Press['message'] }): Promise<Said | null>;
  /** AuroraError `alarm-over` when there is no such alarm any more. */
  snooze(order: {
    cluster: string;
    number: number;
    by: string;
    reason: string;
    untilMs: number;
  }): Promise<void>;
}

export interface SignLinker {
  linkFor(about: { userId: string; restoreId: string; what: Signed; digest: string }): string;
}
