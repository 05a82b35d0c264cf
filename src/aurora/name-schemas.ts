/** Names that travel between bot and agent, and end up in paths: no separators, no `..`, no leading dot. */
import { z } from 'zod';
import { backupNamePattern } from './backups.ts';

export const restoreIdPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** 42 of `R42`; 0 for a name that no bot gives. */
export function restoreNumber(restoreId: string): number {
  return Number(/^R(\d{1,9})$/.exec(restoreId)?.[1] ?? 0);
}

export const backupNameSchema = z
  .string()
  .regex(backupNamePattern, 'must be scheduler-backup-yyyy-MM-dd-HH-mm');
export const restoreIdSchema = z.string().regex(restoreIdPattern, 'must be the id of a restore');
export const operationIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,199}$/, 'must be the id of an operation');
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'must be a lower-case hex sha256');
