import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bashArrayGrammar } from '../../../src/agent/flags/bash-array.ts';
import { replaceProven } from '../../../src/agent/flags/flag-grammar.ts';
import { argumentsOfArray } from './as-run.ts';

const grammar = bashArrayGrammar({ array: 'AURORA_FLAGS' });
const replace = (text: string, changes: Record<string, string | null>) =>
  replaceProven(grammar, text, changes);

/** In the style of the package's own file. */
const file = `#!/bin/bash
GLOG_v=0
LIBPROCESS_IP='127.0.0.1'

JAVA_OPTS=(
  -server   # as it is one
  -Djava.library.path='/usr/lib;/usr/lib64'
)

ZK='zk1:2181'
AURORA_FLAGS=(
  # The name of this cluster.
  -cluster_name='main'

  -http_port=8081
  -mesos_master_address="zk://$ZK/mesos"
  "-zk_endpoints=$ZK"
  -thermos_executor_flags='--announcer-ensemble 127.0.0.1:2181'
  -max_saved_backups 48
  -partition_aware
)
`;

describe('a bash array of flags', () => {
  test('is read as bash reads it', () => {
    const values = grammar.parse(file);

    expect(values).toEqual({
      cluster_name: 'main',
      http_port: '8081',
      mesos_master_address: 'zk://zk1:2181/mesos',
      zk_endpoints: 'zk1:2181',
      thermos_executor_flags: '--announcer-ensemble 127.0.0.1:2181',
      max_saved_backups: '48',
      partition_aware: 'true',
    });
    expect(argumentsOfArray(file)).toEqual([
      '-cluster_name=main',
      '-http_port=8081',
      '-mesos_master_address=zk://zk1:2181/mesos',
      '-zk_endpoints=zk1:2181',
      '-thermos_executor_flags=--announcer-ensemble 127.0.0.1:2181',
      '-max_saved_backups',
      '48',
      '-partition_aware',
    ]);
  });

  test('gets the flags of recovery mode, and every other byte stays', () => {
    const changed = replace(file, {
      mesos_master_address: 'zk://localhost:1111/mesos/master',
      max_registration_delay: '360mins',
      reconciliation_initial_delay: '365days',
    });

    expect(changed).toBe(
      file
        .replace('"zk://$ZK/mesos"', '"zk://localhost:1111/mesos/master"')
        .replace(
          '  -partition_aware\n',
          "  -partition_aware\n  -max_registration_delay='360mins'\n  -reconciliation_initial_delay='365days'\n",
        ),
    );
  });

  test.each<[string, string, Record<string, string | null>, string]>([
    [
      'inside quotes around the whole',
      'AURORA_FLAGS=("-a=1" "-b=2")\n',
      { a: '9' },
      'AURORA_FLAGS=("-a=9" "-b=2")\n',
    ],
    ['a value with a blank', 'AURORA_FLAGS=(-a=1)\n', { a: 'x y' }, "AURORA_FLAGS=(-a='x y')\n"],
    ['an empty value', 'AURORA_FLAGS=(-a= -b=2)\n', { a: '1' }, 'AURORA_FLAGS=(-a=1 -b=2)\n'],
    ['a new one on the same line', 'AURORA_FLAGS=(-a=1)\n', { b: '2' }, "AURORA_FLAGS=(-a=1 -b='2')\n"],
    ['a new one into an empty array', 'AURORA_FLAGS=(\n)\n', { b: '2' }, "AURORA_FLAGS=(\n  -b='2'\n)\n"],
    ['a line away', 'AURORA_FLAGS=(\n  -a=1\n  -b=2\n)\n', { a: null }, 'AURORA_FLAGS=(\n  -b=2\n)\n'],
    ['a word away', 'AURORA_FLAGS=(-a=1 -b=2)\n', { b: null }, 'AURORA_FLAGS=(-a=1)\n'],
    ['two words away', 'AURORA_FLAGS=(-a 1 -b=2)\n', { a: null }, 'AURORA_FLAGS=( -b=2)\n'],
    [
      'a word away before a comment',
      'AURORA_FLAGS=(\n -a=1 # one\n)\n',
      { a: null },
      'AURORA_FLAGS=(\n # one\n)\n',
    ],
    [
      'with the line ends it has',
      'AURORA_FLAGS=(\r\n  -a=1\r\n)\r\n',
      { b: '2' },
      "AURORA_FLAGS=(\r\n  -a=1\r\n  -b='2'\r\n)\r\n",
    ],
  ])('replaces %s', (_what, before, changes, after) => {
    expect(replace(before, changes)).toBe(after);
  });

  test.each<[string, string, RegExp]>([
    ['no array', 'GLOG_v=0\n', /no array AURORA_FLAGS/],
    ['two of them', 'AURORA_FLAGS=()\nAURORA_FLAGS=(-a=1)\n', /a second time/],
    ['what is added to it', 'AURORA_FLAGS=()\nAURORA_FLAGS+=(-a=1)\n', /Line 2 .* is not an assignment/],
    ['a text instead', 'AURORA_FLAGS="-a=1"\n', /not as an array/],
    ['an end that is missing', 'AURORA_FLAGS=(-a=1\n', /does not end/],
    ['a flag twice', 'AURORA_FLAGS=(\n-a=1\n-a=2)\n', /Line 3 has -a a second time/],
    ['a pattern', 'AURORA_FLAGS=(-a=/etc/*)\n', /pattern/],
    ['braces', 'AURORA_FLAGS=(-a={b,c})\n', /pattern/],
    ['a variable from elsewhere', 'AURORA_FLAGS=(-a="$HOST")\n', /whose value the file does not say/],
    ['another array', `X=(-a=1)\nAURORA_FLAGS=("\${X[@]}")\n`, /whose value the file does not say/],
    ['a home directory', 'AURORA_FLAGS=(~/x)\n', /pattern|does not say/],
    ['an argument that is empty', "AURORA_FLAGS=('')\n", /an empty word, which is not a flag/],
  ])('is refused with %s', (_what, text, message) => {
    expect(() => grammar.parse(text)).toThrow(message);
  });

  test('says after any change what bash makes of it', () => {
    const piece = fc.constantFrom('a', ' ', '$', '"', '\\', '#', '=', '*', "'", '~', '{');
    const value = fc.string({ unit: piece, maxLength: 6 });
    const old = fc.stringMatching(/^[a-z0-9 ./:,#=*]{0,8}$/).map((text) => `'${text}'`);
    const element = fc
      .tuple(fc.constantFrom('a', 'b', 'c'), old, fc.constantFrom('  ', ' # c\n', '\n', '\n\n  '))
      .map(([name, text, gap]) => ({ name, written: `-${name}=${text}${gap}` }));
    const elements = fc.uniqueArray(element, { selector: ({ name }) => name });
    const changes = fc.dictionary(fc.constantFrom('a', 'b', 'z'), fc.oneof(value, fc.constant(null)));
    fc.assert(
      fc.property(elements, changes, (made, wanted) => {
        const text = `X=1\nAURORA_FLAGS=(\n  ${made.map(({ written }) => written).join('')})\n# end\n`;
        let changed: string;
        try {
          changed = replace(text, wanted);
        } catch (error) {
          expect(error).toMatchObject({ code: 'flag-not-changeable' });
          return;
        }

        const run = argumentsOfArray(changed);

        expect(run).toEqual(Object.entries(grammar.parse(changed)).map(([name, set]) => `-${name}=${set}`));
      }),
      { numRuns: 150 },
    );
  });
});
