/** Whether this host may be given a proof to do now: a restore goes first, and so does a scheduler that needs the memory. */
import { readFile } from 'node:fs/promises';
import { recoveryIn } from '../../aurora/restore-flags.ts';
import type { OperationTools } from '../operations/operation.ts';
import type { ProofStore } from './proof-store.ts';
import type { ProveConfig } from './prove-config.ts';

/** Why not, as a sentence; `null` when it may. */
export async function whyNotNow(
  { config, clock, service, traffic, flags }: OperationTools,
  prove: ProveConfig,
  store: ProofStore,
): Promise<string | null> {
  const grantedMs = store.lastGrantMs();
  const quietMs = prove.quietMinutes * 60_000;
  if (grantedMs !== null && clock.now() - grantedMs < quietMs) {
    return `This host worked for a restore less than ${prove.quietMinutes} minutes ago.`;
  }
  const [{ state, held }, blocked, { values }, free] = await Promise.all([
    service.status(),
    traffic.status(),
    flags.read(),
    readFreeMib(),
  ]);
  if (held === true || recoveryIn(config.auroraVersion, values) !== 'none' || blocked.state === 'blocked') {
    return 'A restore is under way on this host, or was left in its middle.';
  }
  if (state !== 'running') return 'The scheduler of this host does not run.';
  if (free !== null && free < prove.memoryMib) {
    return `${free} MiB of memory are free, and a proof may take ${prove.memoryMib} (prove.memoryMib).`;
  }
  return null;
}

/** `MemAvailable` of proc(5); `null` where the kernel does not tell. */
async function readFreeMib(): Promise<number | null> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const kib = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1];
  return kib === undefined ? null : Math.floor(Number(kib) / 1024);
}
