/** An empty log directory like the one that was set aside, so that the scheduler's account may write there. */
import { chmod, chown, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory } from '../files/durable-file.ts';
import { setAsidePath } from '../files/log-directory.ts';
import type { OperationContext } from './operation.ts';

/** Throws when there is one already. */
export async function makeLogDirectory({ config, restoreId }: OperationContext): Promise<void> {
  const { log } = config.paths;
  const model = await stat(setAsidePath(log, restoreId)).catch(() => null);
  await mkdir(log, { mode: 0o700 });
  if (model !== null) {
    await chmod(log, model.mode & 0o7777);
    if (process.getuid?.() === 0) await chown(log, model.uid, model.gid);
  }
  await syncDirectory(dirname(log));
}
