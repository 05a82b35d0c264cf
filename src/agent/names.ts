/**
 * Names that end up in paths. Everything a request says about a place on disk is one of these, and each is matched
 * whole before it is joined to a configured directory.
 */
import { backupNamePattern } from '../aurora/backups.ts';
import { AuroraError } from '../aurora/errors.ts';
import { restoreIdPattern } from '../aurora/name-schemas.ts';

/** The name itself when it is a backup's; AuroraError `bad-name` otherwise. */
export function requireBackupName(name: string): string {
  if (backupNamePattern.test(name)) return name;
  throw new AuroraError({
    code: 'bad-name',
    message: 'That is not the name of a backup.',
    hint: 'A backup is called scheduler-backup-yyyy-MM-dd-HH-mm; ask for the list of this host.',
  });
}

/** The id itself when it may stand in a path; AuroraError `bad-name` otherwise. */
export function requireRestoreId(restoreId: string): string {
  if (restoreIdPattern.test(restoreId)) return restoreId;
  throw new AuroraError({
    code: 'bad-name',
    message: 'That is not the id of a restore.',
    hint: 'An id has letters, digits, - and _, such as R12.',
  });
}
