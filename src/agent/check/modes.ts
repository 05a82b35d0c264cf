import { join, resolve } from 'node:path';
import { type LookedAt, lookAtModes } from '../look-at-modes.ts';
import type { OperationTools } from '../operations/operation.ts';
import { type Finding, ok, problem } from './finding.ts';

/** Whoever changes the configuration or reads a key is the agent; `configPath` is the file it was read from. */
export async function checkModes(
  { config: { tls, scheduler, paths } }: OperationTools,
  configPath: string,
): Promise<readonly Finding[]> {
  const files: LookedAt[] = [
    { key: 'the configuration', path: resolve(configPath), use: 'trusted' },
    { key: 'paths.state', path: paths.state, use: 'trusted' },
    { key: 'the journal', path: join(paths.state, 'operations.sqlite'), use: 'secret' },
    { key: 'the audit log', path: join(paths.state, 'audit.jsonl'), use: 'secret' },
  ];
  if (scheduler.credentials !== undefined) {
    const path = scheduler.credentials.passwordFile;
    files.push({ key: 'scheduler.credentials.passwordFile', path, use: 'secret' });
  }
  if (tls !== undefined) {
    files.push(
      { key: 'tls.key', path: tls.key, use: 'secret' },
      { key: 'tls.cert', path: tls.cert, use: 'trusted' },
      { key: 'tls.clientCa', path: tls.clientCa, use: 'trusted' },
    );
  }
  const faults = await lookAtModes(files, process.geteuid?.() ?? 0);
  if (faults.length > 0) return faults.map(({ message, hint }) => problem(message, hint));
  return [ok('Nobody but the agent can change its configuration, or read its keys and its state.')];
}
