/** The prover of this host, as configured; and what is asked of one that is not configured. */
import { join } from 'node:path';
import type { BackupLibrary } from '../backup-library.ts';
import type { OperationTools } from '../operations/operation.ts';
import type { Isolation } from './isolation.ts';
import { openProofStore, type ProofStore } from './proof-store.ts';
import type { ProveConfig } from './prove-config.ts';
import { createProver, type Prover } from './prover.ts';
import { systemdIsolation } from './systemd-isolation.ts';
import { unshareIsolation } from './unshare-isolation.ts';

export interface Proving {
  readonly prover: Prover;
  readonly store: ProofStore;
}

/** `null` where none is configured. The state directory has to be there. */
export function openProver(
  tools: OperationTools,
  library: Pick<BackupLibrary, 'find' | 'list'>,
): Proving | null {
  const { prove, paths } = tools.config;
  if (prove === undefined) return null;
  const store = openProofStore(join(paths.state, 'proofs.sqlite'));
  return { store, prover: createProver({ tools, prove, library, store, isolation: isolationOf(prove) }) };
}

export function isolationOf({ isolation, account }: ProveConfig): Isolation {
  return isolation.kind === 'systemd'
    ? systemdIsolation({ unit: isolation.unit, systemctl: isolation.systemctl, account })
    : unshareIsolation({ inside: insideCommand() });
}

/** This very program, by the Node that runs it. */
function insideCommand(): readonly string[] {
  return [process.execPath, ...process.execArgv, process.argv[1] ?? '', 'agent', 'prove-inside'];
}
