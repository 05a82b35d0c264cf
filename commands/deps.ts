import type { Clock } from '../src/aurora/clock.ts';
import type { Journal } from '../src/aurora/journal.ts';
import type { Fleet } from '../src/backups/fleet.ts';
import type { BackupCraft, ClusterAccess } from '../src/restore/ports.ts';
import type { RestoreEvent } from '../src/restore/record/events.ts';
import type { Signed } from '../src/restore/rules/proofs.ts';
import type { RestoreService } from '../src/restore/service/service.ts';
import type { Outbox } from '../src/slack/outbox.ts';
import type { Places } from '../src/slack/places.ts';
import type { Seals } from '../src/slack/sealed.ts';
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
  /** The way to the page where people sign with a passkey; absent where there is none. */
  readonly signLinks?: SignLinker;
}

export interface SignLinker {
  linkFor(about: { userId: string; restoreId: string; what: Signed; digest: string }): string;
}
