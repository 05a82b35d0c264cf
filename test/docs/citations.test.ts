/** Whoever follows a citation finds what is cited, in this repository. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { checkCitations, type Page, readPage } from './citations.ts';

const root = join(import.meta.dirname, '..', '..');
const own = 'test/docs/citations.test.ts';
const written = [
  '*.{md,yml,json,ts,js,cjs}',
  '.ci/*',
  '.github/**/*',
  '{src,commands,test,docs,bin,packaging}/**/*.{ts,js,cjs,html,css,md,service,yml,conf}',
];

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

test('every citation in sources and pages leads to a heading of a page in this repository', () => {
  const paths = globSync(written, { cwd: root }).filter((path) => path !== own);
  const pages = new Map(
    paths.filter((path) => path.endsWith('.md')).map((path): [string, Page] => [path, readPage(read(path))]),
  );

  const problems = paths.flatMap((path) =>
    checkCitations({ path, text: read(path) }, (cited) => pages.get(cited) ?? null),
  );

  expect(paths.length).toBeGreaterThan(1000);
  expect([...pages.keys()]).toContain('docs/reference/aurora.md');
  expect(problems).toEqual([]);
});

describe('a citation', () => {
  const pages: Readonly<Record<string, Page>> = {
    'docs/reference/aurora.md': readPage(
      [
        '# Aurora',
        '## 4. Recovery',
        '### 4.2 A call answers',
        '1. first',
        '2. second',
        '## 14. Faults',
        '### 14 F. One old',
        '### 14 G. Away',
        '### Whole minutes',
      ].join('\n\n'),
    ),
    'docs/agent.md': readPage('# The agent\n\n## `rename`, and back\n'),
    'CONTRIBUTING.md': readPage('# Contributing\n\n## To add a step\n'),
  };
  const check = (text: string, path = 'src/a.ts') =>
    checkCitations({ path, text }, (cited) => pages[cited] ?? null);

  it.each([
    ['a section', '/** Slots (aurora.md 4.2). */'],
    ['several', '// aurora.md 4, 4.2 and 14 F: all of them'],
    ['a range', '/** aurora.md 4 to 4.2. */'],
    ['letters of one section', '/** As measured (aurora.md 14 F and G). */'],
    ['a numbered line', '/** aurora.md 4.2, rule 2. */'],
    ['a heading', '/** aurora.md 14, "Whole minutes". */'],
    [
      'one over the end of a line',
      '/**\n * Fails (aurora.md\n * 4.2), or not (CONTRIBUTING.md, "To add\n * a step").\n */',
    ],
    ['a page', '/** docs/agent.md lists them, and agent.md says why. */'],
  ])('of %s resolves', (_what, text) => {
    expect(check(text)).toEqual([]);
  });

  it.each([
    [
      'a page that is not here',
      '\n/** design.md 6 */',
      'src/a.ts:2: design.md is not a page of this repository',
    ],
    ['a missing section', '/** aurora.md 4.3 */', 'src/a.ts:1: aurora.md has no section 4.3'],
    ['a missing second one', '/** aurora.md 4.2, 15 */', 'src/a.ts:1: aurora.md has no section 15'],
    ['a missing letter', '/** aurora.md 14 F and H */', 'src/a.ts:1: aurora.md has no section 14 H'],
    ['a missing rule', '/** aurora.md 4.2, rule 3 */', 'src/a.ts:1: aurora.md has no rule 3 in section 4.2'],
    [
      'a missing heading',
      '/** aurora.md, "Half minutes" */',
      'src/a.ts:1: aurora.md has no heading "Half minutes"',
    ],
    [
      'one over the end of a line',
      '/**\n * (aurora.md\n * 9)\n */',
      'src/a.ts:2: aurora.md has no section 9',
    ],
  ])('of %s is told with its place', (_what, text, problem) => {
    expect(check(text)).toEqual([problem]);
  });

  it('in a page is a link, followed from where the page lies', () => {
    const text = 'See [it](agent.md#rename-and-back), [that](agent.md#gone) and [this](../none.md).';

    const problems = check(text, 'docs/drill.md');

    expect(problems).toEqual([
      'docs/drill.md:1: agent.md has no anchor #gone',
      'docs/drill.md:1: ../none.md is not a page of this repository',
    ]);
  });
});
