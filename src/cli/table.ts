import { escaped } from '../aurora/printable.ts';

/** Columns of text, two blanks apart, the first row on top of the others. Widths go by characters. */
export function table(rows: readonly (readonly string[])[]): string {
  const shown = rows.map((row) => row.map(escaped));
  const widths = (shown[0] ?? []).map((_, column) =>
    Math.max(...shown.map((row) => [...(row[column] ?? '')].length)),
  );
  return shown
    .map((row) =>
      row
        .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - [...cell].length))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
