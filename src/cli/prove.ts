/** `agent prove` for an administrator on the host, and what runs in the place of a proof. */
import { escapedLines } from '../aurora/printable.ts';
import type { BackupProof } from '../aurora/proof.ts';
import { systemClock } from '../aurora/system-clock.ts';

/** Exit 0 when it is proven in every way, 1 when it is refuted, 3 when the proof itself failed. */
export async function runProve(options: { config: string; json?: true }, name?: string): Promise<void> {
  const [{ openBackups, buildTools }, { loadAgentConfig }, { openProver }] = await Promise.all([
    import('../agent/agent.ts'),
    import('../agent/config.ts'),
    import('../agent/prove/open-prover.ts'),
  ]);
  const config = await loadAgentConfig(options.config);
  const { library, close } = openBackups(config, {
    clock: systemClock,
    // The agent has what is kept of backups; one is decoded here, and nothing of it is worth a warning.
    warn: () => undefined,
  });
  const opened = openProver(buildTools(config, systemClock, null), library);
  if (opened === null) {
    await close();
    process.stderr.write(
      'This host proves no backups.\nDescribe it under prove in the configuration of the agent; docs/prove.md says how.\n',
    );
    process.exitCode = 1;
    return;
  }
  const { prover } = opened;
  // A restore that begins, or Ctrl-C: what runs is ended and cleared away first.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void prover.close());
  try {
    await prover.clear();
    const proofs = await prover.prove(name);
    for (const proof of proofs) {
      process.stdout.write(
        escapedLines(`${options.json === true ? JSON.stringify(proof) : describe(proof, config.host)}\n`),
      );
    }
    process.exitCode = exitCodeOf(proofs);
  } finally {
    await prover.close();
    await close();
  }
}

/** The program inside: its job comes on standard input. */
export async function runProveInside(): Promise<void> {
  const { proveInside } = await import('../agent/prove/inside.ts');
  await proveInside({
    input: process.stdin,
    clock: systemClock,
    answer: (line) => process.stdout.write(line),
    exit: (code) => process.exit(code),
  });
  process.exit(0);
}

function describe(proof: BackupProof, host: string): string {
  const words = {
    proven: 'Proven restorable',
    refuted: 'Refuted',
    unknown: 'Not proven',
  }[proof.verdict];
  const seconds = (proof.tookMs / 1000).toFixed(1);
  return `${words} by Aurora ${proof.auroraVersion} on ${host} in ${seconds} s (${proof.way}). ${proof.says}`;
}

function exitCodeOf(proofs: readonly BackupProof[]): number {
  if (proofs.some(({ verdict }) => verdict === 'refuted')) return 1;
  return proofs.every(({ verdict }) => verdict === 'proven') ? 0 : 3;
}
