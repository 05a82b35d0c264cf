/** What commands ask about backups, over these clusters; looked at only when somebody asks. */
import type { CommandDeps } from '../../../commands/deps.ts';
import { createLossEstimates } from '../../../commands/shared-losses.ts';
import type { Clock } from '../../../src/aurora/clock.ts';
import { createFleet } from '../../../src/backups/fleet.ts';
import { backupCraft } from '../../../src/cli/backup-craft.ts';

export function fleetOf(
  clusters: CommandDeps['clusters'],
  clock: Clock,
): Pick<CommandDeps, 'craft' | 'fleet' | 'losses'> {
  const fleet = createFleet({
    clusters,
    clock,
    everyMs: 300_000,
    history: { noteSeen: () => Promise.resolve() },
    warn: () => undefined,
  });
  return { craft: backupCraft, fleet, losses: createLossEstimates({ craft: backupCraft, clock }) };
}
