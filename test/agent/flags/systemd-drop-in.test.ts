import { describe, expect, test } from 'vitest';
import { replaceProven } from '../../../src/agent/flags/flag-grammar.ts';
import { systemdDropInGrammar as grammar } from '../../../src/agent/flags/systemd-drop-in.ts';

const replace = (text: string, changes: Record<string, string | null>) =>
  replaceProven(grammar, text, changes);

const file = `# flags of the scheduler
[Unit]
Description=Aurora

[Service]
Environment=GLOG_v=0
ExecStart=
ExecStart=/usr/sbin/aurora-scheduler \\
  -cluster_name=east \\
# the masters
  '-mesos_master_address=zk://zk:2181/mesos' \\
  -thermos_executor_flags="--announcer-ensemble zk:2181"
Restart=always
`;

describe('a systemd drop-in', () => {
  test('is read', () => {
    expect(grammar.parse(file)).toEqual({
      cluster_name: 'east',
      mesos_master_address: 'zk://zk:2181/mesos',
      thermos_executor_flags: '--announcer-ensemble zk:2181',
    });
  });

  test('gets the flags of recovery mode, and every other byte stays', () => {
    const changed = replace(file, {
      mesos_master_address: 'zk://localhost:1111/mesos/master',
      max_registration_delay: '360mins',
    });

    expect(changed).toBe(
      file
        .replace('zk://zk:2181/mesos', 'zk://localhost:1111/mesos/master')
        .replace('ensemble zk:2181"', 'ensemble zk:2181" -max_registration_delay=360mins'),
    );
  });

  test.each<[string, string, Record<string, string | null>, string]>([
    ['a value with a blank', 'ExecStart=/a -b=1', { b: 'x y' }, "ExecStart=/a -b='x y'"],
    ['a flag of two words', 'ExecStart=/a -b 1 -c=2\n', { b: '9' }, 'ExecStart=/a -b 9 -c=2\n'],
    ['a flag away', 'ExecStart=/a -b=1 -c=2\n', { b: null }, 'ExecStart=/a -c=2\n'],
    ['the last flag away and a new one', 'ExecStart=/a -b=1\n', { b: null, c: '2' }, 'ExecStart=/a -c=2\n'],
    [
      'flags behind a main class',
      'ExecStart=/usr/bin/java -Xmx1g -cp x org.apache.aurora.scheduler.app.SchedulerMain -b=1\n',
      { b: '2' },
      'ExecStart=/usr/bin/java -Xmx1g -cp x org.apache.aurora.scheduler.app.SchedulerMain -b=2\n',
    ],
    ['the first flag of a command without any', 'ExecStart=-/a\n', { b: '2' }, 'ExecStart=-/a -b=2\n'],
  ])('replaces %s', (_what, line, changes, after) => {
    expect(replace(`[Service]\n${line}`, changes)).toBe(`[Service]\n${after}`);
  });

  test.each<[string, string, RegExp]>([
    ['no command', '[Service]\nRestart=always\n', /no ExecStart=/],
    ['a command in another section', '[Unit]\nExecStart=/a -b=1\n', /no ExecStart=/],
    ['a command that is taken back', '[Service]\nExecStart=/a -b=1\nExecStart=\n', /no ExecStart=/],
    ['two commands', '[Service]\nExecStart=/a -b=1\nExecStart=/c\n', /Line 3 .* second command/],
    ['two commands on a line', '[Service]\nExecStart=/a -b=1 ; /c\n', /second command/],
    ['a line that is no setting', '[Service]\nhello\n', /Line 2 .* not a setting/],
    ['a variable', '[Service]\nExecStart=/a $FLAGS\n', /does not say/],
    ['a specifier', '[Service]\nExecStart=/a -hostname=%H\n', /does not say/],
    ['an escape', '[Service]\nExecStart=/a -b=\\x20\n', /does not say/],
    ['a flag twice', '[Service]\nExecStart=/a -b=1 \\\n -b=1\n', /Line 3 has -b a second time/],
    ['a shell', "[Service]\nExecStart=/bin/sh -c 'exec x'\nRestart=always\n", /through a shell/],
    ['a quote that does not end', '[Service]\nExecStart=/a "-b=1\n', /quote that does not end/],
  ])('is refused with %s', (_what, text, message) => {
    expect(() => grammar.parse(text)).toThrow(message);
  });

  test.each(['100%', 'a"b', 'a\\b', '$HOME', "it's"])('does not take %s for a value', (value) => {
    expect(() => replace('[Service]\nExecStart=/a -b=1\n', { b: value })).toThrow(/cannot be given/);
  });
});
