import fs from 'node:fs';

/**
 * Length of LevelDB's text log after creating a database, without the path that it names (seen: 463 for 18
 * characters).
 */
const createdSize = 445;
const compactedSize = 481;

/**
 * LevelDB's own text file LOG: the previous one becomes LOG.old at every opening, also at one that then
 * fails.
 */
export class InfoLog {
  private readonly path: string | null;

  private constructor(path: string | null) {
    this.path = path;
  }

  /** A directory that cannot be written has no LOG; the opening goes on and fails at LOCK. */
  static start(path: string): InfoLog {
    try {
      if (fs.existsSync(path)) fs.renameSync(path, `${path}.old`);
      fs.writeFileSync(path, '');
      return new InfoLog(path);
    } catch {
      return new InfoLog(null);
    }
  }

  say(opening: { path: string; isNew: boolean; table: number | null }): void {
    if (this.path === null) return;
    const lines = opening.isNew
      ? [`Creating DB ${opening.path} since it was missing.`, 'Delete type=3 #1']
      : ['Recovering log', `Level-0 table #${opening.table ?? 0}: kept`];
    const text = [
      ...lines,
      'Manual compaction at level-0 from (begin) .. (end); will stop at (end)',
      'Manual compaction at level-1 from (begin) .. (end); will stop at (end)',
    ].join('\n');
    const size = opening.isNew ? createdSize + opening.path.length : compactedSize + opening.path.length;
    fs.writeFileSync(this.path, `${text.padEnd(size - 1)}\n`);
  }
}
