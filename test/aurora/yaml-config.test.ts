import { expect, test } from 'vitest';
import { z } from 'zod';
import { AuroraError } from '../../src/aurora/errors.ts';
import { parseYamlConfig } from '../../src/aurora/yaml-config.ts';

const schema = z.strictObject({
  cluster: z.string(),
  ports: z.array(z.strictObject({ name: z.string(), number: z.int() })).default([]),
  way: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('file'), path: z.string() }),
      z.strictObject({ kind: z.literal('none') }),
    ])
    .optional(),
  secret: z.union([z.strictObject({ basic: z.string() }), z.strictObject({ bearer: z.string() })]).optional(),
});
const form = {
  schema,
  distrust: ({ cluster, ports }: z.output<typeof schema>) =>
    ports.flatMap(({ name }, index) => (name === cluster ? [`ports.${index}.name: it is the cluster`] : [])),
  page: 'docs/agent.md',
};

const refused = (text: string): { message: string; hint: string } => {
  try {
    parseYamlConfig(text, 'x.yml', form);
  } catch (error) {
    if (error instanceof AuroraError) return error;
    throw error;
  }
  throw new Error('it was taken');
};

test.each([
  ['a slip of a key', 'clutser: east\n', 'line 1, clutser: there is no such key; did you mean cluster?'],
  [
    'a slip in a list',
    'cluster: east\nports:\n  - name: a\n    nubmer: 3\n',
    'line 4, ports.0.nubmer: there is no such key; did you mean number?',
  ],
  [
    'a slip in one of several kinds',
    'cluster: east\nway:\n  kind: file\n  paht: /x\n',
    'line 4, way.paht: there is no such key; did you mean path?',
  ],
  [
    'a key that resembles nothing',
    'cluster: east\nqwertyuiop: 1\n',
    'line 2, qwertyuiop: there is no such key.',
  ],
  ['a missing key', 'cluster: east\nports:\n  - name: a\n', 'line 3, ports.0.number: it is missing.'],
  ['an empty file', '', 'the file: expected object, received null.'],
  [
    'a kind that there is not',
    'cluster: east\nway:\n  kind: fiel\n',
    "line 3, way.kind: Invalid discriminator value. Expected 'file' | 'none'.",
  ],
  [
    'none of several forms',
    'cluster: east\nsecret: { password: x }\n',
    'line 2, secret: must be one of: with basic and without password; or with bearer and without password.',
  ],
  [
    'what no single key tells',
    'cluster: a\nports: [{ name: a, number: 1 }]\n',
    'line 2, ports.0.name: it is the cluster.',
  ],
  ['a key that is there twice', 'cluster: a\ncluster: b\n', 'line 2: Map keys must be unique.'],
  ['an alias of nothing', 'cluster: *x\n', 'Unresolved alias (the anchor must be set before the alias): x.'],
])('names %s, with its line', (_what, text, sentence) => {
  const { message, hint } = refused(text);

  expect(message).toBe(`The configuration x.yml is not valid: ${sentence}`);
  expect(hint).toBe('docs/agent.md describes every key.');
});

test('tells everything that is wrong at once', () => {
  const { message } = refused(
    'clutser: east\nports:\n  - name: a\n    number: many\nway: { kind: none, path: /x }\n',
  );

  expect(message.split('\n')).toEqual([
    'The configuration x.yml is not valid:',
    '  - line 1, clutser: there is no such key; did you mean cluster?',
    '  - line 4, ports.0.number: expected number, received string',
    '  - line 5, way.path: there is no such key; did you mean path?',
  ]);
});

test('says what to put in place of tabs', () => {
  const { message, hint } = refused('cluster: east\nports:\n\t- name: a\n');

  expect(message).toContain('line 3: Tabs are not allowed as indentation');
  expect(hint).toBe('YAML is indented with spaces: put spaces in place of the tabs.');
});

test('aliases that unfold without end are refused', () => {
  const levels = Array.from(
    { length: 9 },
    (_, n) => `${n === 0 ? '' : ''}k${n + 1}: &a${n + 1} [${`*a${n},`.repeat(9)}]`,
  );

  expect(refused(`k0: &a0 [x]\n${levels.join('\n')}\n`).message).toMatch(/Excessive alias count/);
});

test('knows the line of a key, or of what it would be in', () => {
  const { lineOf } = parseYamlConfig(
    '# a\ncluster: east\nports:\n  - name: a\n    number: 1\n',
    'x.yml',
    form,
  );

  expect(['cluster', 'ports', 'ports.0', 'ports.0.number', 'ports.0.more', 'none'].map(lineOf)).toEqual([
    2,
    3,
    4,
    5,
    4,
    null,
  ]);
});
