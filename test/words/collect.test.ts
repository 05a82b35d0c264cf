import { describe, expect, it } from 'vitest';
import { textsOfCode, textsOfPage, textsOfYaml } from './collect.ts';

const words = (text: string) => textsOfCode({ file: 'a.ts', text }).map((found) => found.words);

describe('the texts of code', () => {
  it('are its sentences, with the line where each starts', () => {
    const text = "const a = 1;\nthrow new Error('No host answers.');\n";

    expect(textsOfCode({ file: 'src/a.ts', text })).toEqual([
      { file: 'src/a.ts', line: 2, words: 'No host answers.' },
    ]);
  });

  it('are joined over +, and name what is put in', () => {
    expect(words('say(`The host $' + '{host.name} ` + "does not " + `answer.`);')).toEqual([
      'The host {host.name} does not answer.',
    ]);
  });

  it('hold each choice that is put into a text by itself', () => {
    expect(words('say(`It $' + "{late ? 'is too late' : 'is on time'}.`);").slice(1)).toEqual([
      'is too late',
      'is on time',
    ]);
  });

  it('hold a single word where it is a label', () => {
    expect(words("const button = { label: 'Decline', actionId: 'Decline' };")).toEqual(['Decline']);
  });

  it('leave out comments, imports, types, keys, and what programs read', () => {
    const text = `
      import { a } from 'a module of ours';
      // A comment is not shown.
      type Word = 'one of these' | 'one of those';
      const table = { 'a key of it': 1 };
      db.exec('SELECT body FROM operation WHERE id = 1');
      sql\`update a set b = 1\`;
      new RegExp('any of these');
    `;

    expect(words(text)).toEqual([]);
  });
});

it('texts of a page stand between its tags', () => {
  const text = '<html>\n<!-- not this --><style>a b { c: d }</style>\n<p>Touch your\n  passkey.</p></html>';

  expect(textsOfPage({ file: 'a.html', text })).toEqual([
    { file: 'a.html', line: 3, words: 'Touch your passkey.' },
  ]);
});

it('texts of an alert are its summary and description', () => {
  const text = 'annotations:\n  summary: "east: no-backup"\n  description: No host has one.\n  expr: a > 0\n';

  expect(textsOfYaml({ file: 'a.yml', text })).toEqual([
    { file: 'a.yml', line: 2, words: 'east: no-backup' },
    { file: 'a.yml', line: 3, words: 'No host has one.' },
  ]);
});
