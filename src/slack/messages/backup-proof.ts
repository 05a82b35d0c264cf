/** What a real scheduler made of a backup, in one line. */
import type { HostProof } from '../../backups/inventory.ts';
import { foreign, sentence } from '../escape.ts';
import { durationText } from '../time.ts';

/** Empty where nobody tried. */
export function proofText(proven: HostProof | undefined, now: number): string {
  if (proven === undefined) return '';
  const { host, proof } = proven;
  const by = `by Aurora ${foreign(proof.auroraVersion, 30)} on ${foreign(host, 60)}, ${durationText(Math.max(0, now - proof.atMs))} ago`;
  const why = sentence(proof.says, 200);
  switch (proof.verdict) {
    case 'proven':
      return `proven restorable ${by}, in ${secondsText(proof.tookMs)}`;
    case 'refuted':
      return `*refuted* ${by}: ${why}`;
    case 'unknown':
      return `not proven ${by}: ${why}`;
  }
}

function secondsText(ms: number): string {
  return `${Math.max(1, Math.round(ms / 1_000))} s`;
}
