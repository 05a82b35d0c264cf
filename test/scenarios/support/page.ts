/** The page that lists all scenarios, from the scenarios themselves. */
import type { Cell, Group, Scenario } from './scenario.ts';

/** `docs/scenarios.md` as it has to be. */
export function renderPage(groups: readonly Group[]): string {
  const count = groups.reduce((sum, { scenarios }) => sum + scenarios.length, 0);
  const told = groups.reduce((sum, { scenarios }) => sum + scenarios.filter(isTold).length, 0);
  return [
    '# Scenarios',
    '',
    'What happens when something goes wrong in a restore, as it is tested: each line below is a test of the real engine over a',
    'pretend cluster that behaves as real schedulers were measured to. Wherever everything is put back, the hosts are compared',
    'with what they were before; wherever it completes, everything was done once.',
    '',
    `${told} scenarios are told one by one, ${count - told} stand in tables: every step, and everything that can be lost while it runs.`,
    'A table says what happens while that stays away: *goes on* does without it; *waits* goes on when it is back within',
    '`agentDeadline`; *stops* waits for a person under that name, and completes once it is back and somebody presses',
    '*Look again*; *may be put back* was tried as well; *reported* is named in the report at the end.',
    '',
    'This page is written by `npm test -- test/scenarios/list.test.ts -u`.',
    ...groups.flatMap((group) => ['', `## ${group.title}`, '', ...renderGroup(group)]),
    '',
  ].join('\n');
}

function isTold(scenario: Scenario): boolean {
  return scenario.cell === undefined;
}

function renderGroup({ scenarios }: Group): readonly string[] {
  const cells = scenarios.flatMap(({ cell }) => (cell === undefined ? [] : [cell]));
  const told = scenarios.filter(isTold).map(({ title, happens }) => `- **${title}**: ${happens}.`);
  return [...told, ...(cells.length === 0 ? [] : renderTable(cells))];
}

function renderTable(cells: readonly Cell[]): readonly string[] {
  const columns = [...new Set(cells.map(({ column }) => column))];
  const rows = [...new Set(cells.map(({ row }) => row))];
  const textAt = (row: string, column: string): string =>
    cells.flatMap((cell) => (cell.row === row && cell.column === column ? [cell.says] : [])).join('; ');
  return [
    `| step | ${columns.join(' | ')} |`,
    `|${' --- |'.repeat(columns.length + 1)}`,
    ...rows.map((row) => `| ${row} | ${columns.map((column) => textAt(row, column)).join(' | ')} |`),
  ];
}
