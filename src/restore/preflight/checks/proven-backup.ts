import { type BackupProof, newestProof } from '../../../aurora/proof.ts';
import { procedures } from '../../procedures/index.ts';
import { type Check, warn } from '../finding.ts';
import type { Reading } from '../reading.ts';
import { timeText } from '../words.ts';

/** A warning and no refusal: the proof ran on one host, with the memory that it was given, and a person may know better. */
export const provenBackup: Check = {
  name: 'backup not refuted',
  code: 'backup-refuted',
  find: (reading) => {
    const found = proofOf(reading);
    if (found?.proof.verdict !== 'refuted') return [];
    const { host, proof } = found;
    return [
      warn(
        `Aurora ${proof.auroraVersion} on ${host} refuted this backup. ${proof.says}`,
        'Choose another backup, unless you know why the proof is wrong: "aurora-chatops agent prove" on that host repeats it.',
      ),
    ];
  },
  passes: (reading) => {
    const found = proofOf(reading);
    return found?.proof.verdict === 'proven'
      ? `Proven restorable by Aurora ${found.proof.auroraVersion} on ${found.host}, ${timeText(reading.now - found.proof.atMs)} ago: taking it and loading it took ${timeText(found.proof.tookMs)}.`
      : `No host has proven or refuted it.${estimateText(reading)}`;
  },
};

/** How long another backup of this cluster took is the best that is known of this one. */
function estimateText({ hosts, now }: Reading): string {
  const proofs = hosts.flatMap(({ host, status }) =>
    (status.prove?.recent ?? []).flatMap((proof) => (proof.verdict === 'proven' ? [{ host, proof }] : [])),
  );
  const [newest] = proofs.sort((a, b) => b.proof.atMs - a.proof.atMs);
  if (newest === undefined) return '';
  const { host, proof } = newest;
  return ` Taking and loading another one took ${timeText(proof.tookMs)} when Aurora ${proof.auroraVersion} proved it on ${host}, ${timeText(now - proof.atMs)} ago.`;
}

/** By any host of the cluster: the same bytes are the same backup. */
function proofOf({ backup, hosts, procedure }: Reading): { host: string; proof: BackupProof } | null {
  if (procedures[procedure].source === 'set-aside-log' || !backup.ok) return null;
  const { sha256 } = backup.value;
  const proofs = hosts.flatMap(({ host, status }) =>
    (status.prove?.recent ?? []).filter((proof) => proof.sha256 === sha256).map((proof) => ({ host, proof })),
  );
  return newestProof(proofs, ({ proof }) => proof);
}
