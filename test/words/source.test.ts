import { expect, it } from 'vitest';
import { allProse, proseOf } from './prose.ts';
import { faultsOf, proseFaultsOf } from './rules.ts';
import { allTexts } from './source.ts';

const texts = allTexts();

it('every text that a person can be shown keeps the rules of CONTRIBUTING.md', () => {
  const faults = texts.flatMap(({ file, line, words }) =>
    faultsOf(words).map((fault) => `${file}:${line}: ${fault}`),
  );

  expect(faults).toEqual([]);
});

it('texts of every room are listed', () => {
  const rooms = new Set(
    texts.map(({ file }) =>
      file
        .split('/')
        .slice(0, file.startsWith('src/') ? 2 : 1)
        .join('/'),
    ),
  );

  expect([...rooms]).toEqual(
    expect.arrayContaining([
      'commands',
      'manifest.yml',
      'packaging',
      'src/agent',
      'src/aurora',
      'src/backups',
      'src/cli',
      'src/drill',
      'src/local-slack',
      'src/report',
      'src/restore',
      'src/sign-page',
      'src/signing',
      'src/slack',
      'src/store',
      'src/watch',
    ]),
  );
});

it('README, docs and ARCHITECTURE keep those of them that are not about length', () => {
  const prose = allProse();
  const faults = prose.flatMap(({ file, line, words }) =>
    proseFaultsOf(words).map((fault) => `${file}:${line}: ${fault}`),
  );

  expect(new Set(prose.map(({ file }) => file)).size).toBeGreaterThan(12);
  expect(faults).toEqual([]);
});

it('prose is read paragraph by paragraph, without code, headings, addresses and quotations', () => {
  const page = [
    '# An errand',
    'It goes on',
    'and `errand` is [a link](https://errand.example), "an errand".',
    '',
    '```sh',
    'errand',
    '```',
    '- one entry',
    '- another',
    '',
    '| cell | `errand` |',
  ].join('\n');

  expect(proseOf(page)).toEqual([
    { line: 2, words: 'It goes on and X is [a link], X.' },
    { line: 8, words: '- one entry' },
    { line: 9, words: '- another' },
    { line: 11, words: 'cell' },
    { line: 11, words: 'X' },
  ]);
  expect(proseOf(page).flatMap(({ words }) => proseFaultsOf(words))).toEqual([
    '"goes on": say continues, or in progress',
  ]);
});
