import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { replaceProven } from '../../../src/agent/flags/flag-grammar.ts';
import { shellVariablesGrammar } from '../../../src/agent/flags/shell-variables.ts';
import { argumentsOfVariables } from './as-run.ts';

const variables = {
  CLUSTER_NAME: 'cluster_name',
  ZK_ENDPOINTS: 'zk_endpoints',
  MESOS_MASTER: 'mesos_master_address',
  BACKUP_DIR: 'backup_dir',
};
const grammar = shellVariablesGrammar({ variables, extraArgs: 'EXTRA_SCHEDULER_ARGS' });
const replace = (text: string, changes: Record<string, string | null>) =>
  replaceProven(grammar, text, changes);

/** In the style of the package's own file. */
const file = `# Defaults of the scheduler
GLOG_v=0
export LIBPROCESS_PORT=8083
#LIBPROCESS_IP=192.0.2.7
JAVA_OPTS='-Djava.library.path=/usr/lib -Da="b c"'
AURORA_HOME="/var/lib/aurora"

CLUSTER_NAME="east"   # change this
ZK_ENDPOINTS="zk1:2181,zk2:2181"
MESOS_MASTER="zk://\${ZK_ENDPOINTS}/mesos"
BACKUP_DIR="\${AURORA_HOME}/scheduler/backups"

# Anything else:
EXTRA_SCHEDULER_ARGS="-max_registration_delay=1mins -partition_aware -http_port 8081"
`;

const asRun = (text: string): Record<string, string> =>
  Object.fromEntries(
    argumentsOfVariables(text, variables)
      .join('\n')
      .replace(/^(-http_port)\n/m, '$1=')
      .split('\n')
      .map((argument) => /^-(\w+)(?:=(.*))?$/s.exec(argument)?.slice(1, 3) ?? [argument, 'stray'])
      .map(([name = '', value = 'true']) => [name, value]),
  );

describe('a file of shell variables', () => {
  test('is read as a shell reads it', () => {
    const values = grammar.parse(file);

    expect(values).toEqual(asRun(file));
    expect(values).toMatchObject({
      mesos_master_address: 'zk://zk1:2181,zk2:2181/mesos',
      backup_dir: '/var/lib/aurora/scheduler/backups',
      partition_aware: 'true',
      http_port: '8081',
    });
  });

  test('gets the flags of recovery mode, and every other byte stays', () => {
    const changed = replace(file, {
      mesos_master_address: 'zk://localhost:1111/mesos/master',
      max_registration_delay: '360mins',
      reconciliation_initial_delay: '365days',
    });

    expect(changed).toBe(
      file
        .replace(`"zk://\${ZK_ENDPOINTS}/mesos"`, '"zk://localhost:1111/mesos/master"')
        .replace('=1mins', '=360mins')
        .replace(' 8081"', ' 8081 -reconciliation_initial_delay=365days"'),
    );
    expect(asRun(changed)).toEqual(grammar.parse(changed));
  });

  test.each<[string, string, Record<string, string | null>, string]>([
    ['a bare value', 'CLUSTER_NAME=east\n', { cluster_name: 'west' }, 'CLUSTER_NAME=west\n'],
    ['a value in single quotes', "CLUSTER_NAME='east'\n", { cluster_name: 'west' }, "CLUSTER_NAME='west'\n"],
    [
      'a value that now has a blank',
      'CLUSTER_NAME=east # c\n',
      { cluster_name: 'a b' },
      "CLUSTER_NAME='a b' # c\n",
    ],
    ['a value with a dollar', 'CLUSTER_NAME="east"\n', { cluster_name: '$HOME' }, "CLUSTER_NAME='$HOME'\n"],
    ['an empty value', 'CLUSTER_NAME=\n', { cluster_name: 'west' }, 'CLUSTER_NAME=west\n'],
    [
      'nothing but the line end it had',
      'CLUSTER_NAME=e\r\nBACKUP_DIR=b\r\n',
      { cluster_name: 'w' },
      'CLUSTER_NAME=w\r\nBACKUP_DIR=b\r\n',
    ],
    [
      'a value of two words',
      'EXTRA_SCHEDULER_ARGS="-a 1 -b=2"\n',
      { a: '9' },
      'EXTRA_SCHEDULER_ARGS="-a 9 -b=2"\n',
    ],
    [
      'a switch',
      'EXTRA_SCHEDULER_ARGS="-a -b=2"\n',
      { a: 'false' },
      'EXTRA_SCHEDULER_ARGS="-a=false -b=2"\n',
    ],
    [
      'an argument without quotes',
      'EXTRA_SCHEDULER_ARGS=-a=1\n',
      { a: '9', b: '2' },
      'EXTRA_SCHEDULER_ARGS="-a=9 -b=2"\n',
    ],
    ['no argument at all', 'EXTRA_SCHEDULER_ARGS=\n', { a: '9' }, 'EXTRA_SCHEDULER_ARGS="-a=9"\n'],
    [
      'an argument in single quotes',
      "EXTRA_SCHEDULER_ARGS='-a=1'\n",
      { b: '2' },
      "EXTRA_SCHEDULER_ARGS='-a=1 -b=2'\n",
    ],
    [
      'an argument away',
      'EXTRA_SCHEDULER_ARGS="-a=1 -b=2 -c=3"\n',
      { b: null },
      'EXTRA_SCHEDULER_ARGS="-a=1 -c=3"\n',
    ],
    [
      'arguments on two lines',
      'EXTRA_SCHEDULER_ARGS="-a=1 \\\n -b=2"\n',
      { b: '3' },
      'EXTRA_SCHEDULER_ARGS="-a=1 \\\n -b=3"\n',
    ],
    [
      'a variable that is missing',
      'GLOG_v=0',
      { cluster_name: 'w', a: '1' },
      'GLOG_v=0\nCLUSTER_NAME="w"\nEXTRA_SCHEDULER_ARGS="-a=1"\n',
    ],
    ['nothing', file, { cluster_name: 'east' }, file],
  ])('replaces %s', (_what, before, changes, after) => {
    expect(replace(before, changes)).toBe(after);
  });

  test.each<[string, string, RegExp]>([
    ['a command', 'ulimit -n 1000\n', /Line 1 .* is not an assignment/],
    ['an assignment before a command', 'A=1 b\n', /Line 1 .* is not an assignment/],
    ['a condition', 'A=1\nif [ -e x ]; then A=2; fi\n', /Line 2 .* is not an assignment/],
    ['another file', '. /etc/aurora-common\n', /Line 1 .* is not an assignment/],
    ['a command in a value', 'A="$(hostname)"\n', /more than a variable/],
    ['a command in old quotes', 'A=`hostname`\n', /runs a command/],
    ['a default for a variable', `A="\${B:-c}"\n`, /more than a variable/],
    ['what is added to a value', 'A=1\nA+=2\n', /Line 2 .* is not an assignment/],
    ['quotes that do not end', 'A="b\n', /quote that does not end/],
    ['a variable that is set twice', 'CLUSTER_NAME=a\nCLUSTER_NAME=b\n', /sets CLUSTER_NAME a second time/],
    ['a value from elsewhere', 'CLUSTER_NAME=$SITE\n', /variable that is not set above it/],
    ['a variable that is set later', 'CLUSTER_NAME=$SITE\nSITE=a\n', /variable that is not set above it/],
    ['a flag twice', 'EXTRA_SCHEDULER_ARGS="-a=1 -a=1"\n', /-a a second time/],
    [
      'a flag in both places',
      'CLUSTER_NAME=a\nEXTRA_SCHEDULER_ARGS=-cluster_name=b\n',
      /-cluster_name is in/,
    ],
    ['two dashes', 'EXTRA_SCHEDULER_ARGS="--a=1"\n', /"--a=1", which is not a flag/],
    ['a stray word', 'EXTRA_SCHEDULER_ARGS="-a=1 b"\n', /"b", which is not a flag/],
    ['a pattern', 'EXTRA_SCHEDULER_ARGS="-a=*"\n', /takes for a pattern/],
    ['an array', 'EXTRA_SCHEDULER_ARGS=(-a=1)\n', /as an array/],
  ])('is refused with %s', (_what, text, message) => {
    expect(() => grammar.parse(text)).toThrow(message);
  });

  test.each<[string, string, Record<string, string | null>, RegExp]>([
    [
      'a value that others are made of',
      file,
      { zk_endpoints: 'zk9:2181' },
      /-mesos_master_address is made of/,
    ],
    ['a blank among the arguments', file, { framework_name: 'a b' }, /cannot be given the value "a b"/],
    ['a flag that the script always passes', file, { cluster_name: null }, /always passes it/],
    ['arguments in pieces', 'A=1\nEXTRA_SCHEDULER_ARGS="-a=1"\' -b=2\'\n', { c: '3' }, /in pieces/],
    ['a quote in a value', 'CLUSTER_NAME=a\n', { cluster_name: "a'b$" }, /cannot be given/],
  ])('is not changed by %s', (_what, text, changes, message) => {
    expect(() => replace(text, changes)).toThrow(message);
  });

  test('says after any change what a shell makes of it', () => {
    const plain = fc.stringMatching(/^[a-z0-9./:,]{0,8}$/);
    const written = fc
      .tuple(plain, fc.constantFrom('', '"', "'"))
      .map(([value, quote]) => quote + value + quote);
    const value = fc.oneof(plain, fc.string({ unit: fc.constantFrom('a', ' ', '$', '"', "'", '\\', '#') }));
    const flags = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 });
    const changes = fc.dictionary(
      fc.constantFrom('cluster_name', 'backup_dir', 'a', 'b', 'z'),
      fc.oneof(value, fc.constant(null)),
      { minKeys: 1 },
    );
    fc.assert(
      fc.property(written, written, flags, plain, changes, (cluster, backups, names, argument, wanted) => {
        const extra = names.map((name) => `-${name}=${argument}`).join('  ');
        const text = `CLUSTER_NAME=${cluster}\n# c\nBACKUP_DIR=${backups} # d\nEXTRA_SCHEDULER_ARGS="${extra}"\n`;
        let changed: string;
        try {
          changed = replace(text, wanted);
        } catch (error) {
          expect(error).toMatchObject({ code: 'flag-not-changeable' });
          return;
        }

        const run = argumentsOfVariables(changed, { CLUSTER_NAME: 'cluster_name', BACKUP_DIR: 'backup_dir' });

        const said = Object.entries(grammar.parse(changed)).map(([name, text]) => `-${name}=${text}`);
        expect([...run].sort()).toEqual(said.sort());
      }),
      { numRuns: 150 },
    );
  });
});
