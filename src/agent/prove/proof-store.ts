/**
 * What proofs have shown, by content and release, kept in the agent's state across restarts; and whose turn it is: the agent and
 * somebody at a terminal of the host share it, and one proof runs at a time.
 */
import { DatabaseSync } from 'node:sqlite';
import { type BackupProof, backupProofSchema, newestProof } from '../../aurora/proof.ts';
import { makePrivate } from '../private-file.ts';

/** A process by its start, so that another one with its pid is not taken for it (`readProcessStart`). */
export interface Holder {
  readonly pid: number;
  readonly start: string;
  readonly proofId: string;
}

export interface ProofStore {
  /** One that failed or was stopped does not take the place of what was found before. */
  save(proof: BackupProof): void;
  /** Of that content and release, one for each way, newest first. What cannot be read any more is left out. */
  find(sha256: string, auroraVersion: string): readonly BackupProof[];
  /** What a list of backups tells of one: that it was refuted in any way, or else what was found last. */
  show(sha256: string, auroraVersion: string): BackupProof | null;
  /** The newest of all, at most 20. */
  recent(): readonly BackupProof[];
  /** Gives the turn to `holder` unless somebody has it; answers who has it now. */
  takeTurn(holder: Holder): Holder;
  holder(): Holder | null;
  /** Nothing happens when another one has it. */
  endTurn(holder: Holder): void;
  noteGrant(atMs: number): void;
  lastGrantMs(): number | null;
  close(): void;
}

/** A year of a proof a day by both ways, with room. */
const proofsMax = 1_000;

const schema = `
  CREATE TABLE IF NOT EXISTS proof (
    sha256 TEXT NOT NULL, aurora_version TEXT NOT NULL, way TEXT NOT NULL, at_ms INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (sha256, aurora_version, way)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS turn (
    one INTEGER PRIMARY KEY CHECK (one = 1), pid INTEGER NOT NULL, start TEXT NOT NULL, proof_id TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS last_grant (one INTEGER PRIMARY KEY CHECK (one = 1), at_ms INTEGER NOT NULL) STRICT;`;

/** Opens or makes it; several processes may have it open. */
export function openProofStore(path: string): ProofStore {
  makePrivate(path);
  const db = new DatabaseSync(path, { timeout: 5_000 });
  db.exec(`PRAGMA journal_mode = WAL; ${schema}`);
  const insert = db.prepare('INSERT OR REPLACE INTO proof VALUES (?, ?, ?, ?, ?)');
  const prune = db.prepare(
    'DELETE FROM proof WHERE rowid NOT IN (SELECT rowid FROM proof ORDER BY at_ms DESC LIMIT ?)',
  );
  const some = db.prepare(
    'SELECT body FROM proof WHERE sha256 = ? AND aurora_version = ? ORDER BY at_ms DESC',
  );
  const newest = db.prepare('SELECT body FROM proof ORDER BY at_ms DESC LIMIT 20');
  const give = db.prepare('INSERT OR IGNORE INTO turn VALUES (1, ?, ?, ?)');
  const whose = db.prepare('SELECT pid, start, proof_id FROM turn');
  const end = db.prepare('DELETE FROM turn WHERE pid = ? AND start = ? AND proof_id = ?');
  const granted = db.prepare('INSERT OR REPLACE INTO last_grant VALUES (1, ?)');
  const grant = db.prepare('SELECT at_ms FROM last_grant');

  const holder = (): Holder | null => {
    const row = whose.get();
    return row === undefined
      ? null
      : { pid: Number(row['pid']), start: String(row['start']), proofId: String(row['proof_id']) };
  };
  const find: ProofStore['find'] = (sha256, auroraVersion) =>
    some.all(sha256, auroraVersion).flatMap(({ body }) => toProof(body));
  return {
    save: (proof) => {
      const known = find(proof.sha256, proof.auroraVersion).find(({ way }) => way === proof.way);
      if (proof.verdict === 'unknown' && known !== undefined && known.verdict !== 'unknown') return;
      insert.run(proof.sha256, proof.auroraVersion, proof.way, proof.atMs, JSON.stringify(proof));
      prune.run(proofsMax);
    },
    find,
    show: (sha256, auroraVersion) => newestProof(find(sha256, auroraVersion), (proof) => proof),
    recent: () => newest.all().flatMap(({ body }) => toProof(body)),
    takeTurn: (wanted) => {
      give.run(wanted.pid, wanted.start, wanted.proofId);
      return holder() ?? wanted;
    },
    holder,
    endTurn: ({ pid, start, proofId }) => {
      end.run(pid, start, proofId);
    },
    noteGrant: (atMs) => {
      granted.run(atMs);
    },
    lastGrantMs: () => {
      const at = grant.get()?.['at_ms'];
      return at === undefined ? null : Number(at);
    },
    close: () => db.close(),
  };
}

function toProof(body: unknown): BackupProof[] {
  try {
    const parsed = backupProofSchema.safeParse(JSON.parse(String(body)));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}
