/** What came of all worlds together. */
import type { WorldReport } from './play-world.ts';

interface Totals {
  /** Distinct points at which a program died. */
  readonly points: number;
  /** Worlds that were played to an end. */
  readonly runs: number;
  readonly completed: number;
  /** Put back: the end of every abort and go-back. */
  readonly aborted: number;
  /** Neither of them: the restore waits for somebody, or the story did not come through. */
  readonly stuck: number;
  /** Effects beyond the first of an operation, and effects that are claimed and not there. */
  readonly repeated: number;
  readonly lost: number;
  readonly undoMismatches: number;
}

/** Adds up; the keys are those of the last line of `--json`. */
export function addUp(reports: readonly WorldReport[]): Totals {
  const points = new Set(reports.flatMap((report) => report.points.map((point) => nameOf(report, point))));
  const ended = (outcome: string): number => reports.filter((report) => report.outcome === outcome).length;
  const sum = (of: (report: WorldReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  return {
    points: points.size,
    runs: reports.length,
    completed: ended('completed'),
    aborted: ended('undone'),
    stuck: reports.length - ended('completed') - ended('undone'),
    repeated: sum(({ repeated }) => repeated),
    lost: sum(({ lost }) => lost),
    undoMismatches: sum(({ undoMismatch }) => Number(undoMismatch)),
  };
}

/** Points are counted once a procedure; what is met on the way back, once for each way. */
export function nameOf({ scene: { procedure, story } }: Pick<WorldReport, 'scene'>, point: string): string {
  return /undo|abort|go-back/.test(point) ? `${point}@${procedure}/${story}` : `${point}@${procedure}`;
}

/** One world in a line, and what is wrong with it below. */
export function formatWorld(report: WorldReport): string {
  const { scene, points, outcome, repeated, lost, problems } = report;
  const head = `${scene.procedure}/${scene.story}: ${points.length} kills, ended ${outcome}, repeated ${repeated}, lost ${lost}`;
  return [head, ...problems.map((problem) => `  ${problem}`)].join('\n');
}

export function isClean({ stuck, repeated, lost, undoMismatches }: Totals): boolean {
  return stuck + repeated + lost + undoMismatches === 0;
}
