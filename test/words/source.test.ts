import { expect, it } from 'vitest';
import { faultsOf } from './rules.ts';
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
