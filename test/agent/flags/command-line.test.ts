import { describe, expect, it } from 'vitest';
import { givenFlags, schedulerFlags, wordsOfJavaCommand } from '../../../src/agent/flags/command-line.ts';

const main = 'org.apache.aurora.scheduler.app.SchedulerMain';

describe('schedulerFlags()', () => {
  it('leaves out what is Java’s own', () => {
    const argv = ['java', '-server', '-Xmx2g', '-cp', '/a.jar', main, '-http_port=8081', '-of_a_fork=1'];

    expect(schedulerFlags(argv)).toEqual({ http_port: '8081', of_a_fork: '1' });
  });

  it('knows them by their names where no class stands', () => {
    expect(schedulerFlags(['java', '-Xmx2g', '-jar', 'aurora.jar', '-http_port=8081'])).toEqual({
      http_port: '8081',
    });
  });

  it('finds none on the command line of a wrapper', () => {
    expect(schedulerFlags(['/bin/bash', '-e', '/usr/bin/aurora-scheduler-startup'])).toBeNull();
  });
});

describe('givenFlags()', () => {
  it('takes the last of two', () => {
    expect(givenFlags(['-http_port=1', '-http_port=2'])).toEqual({ http_port: '2' });
  });
});

describe('wordsOfJavaCommand()', () => {
  it('keeps a blank in a value', () => {
    const words = wordsOfJavaCommand(`${main} -thermos_executor_flags=a b -http_port 8081 -zk_in_proc`);

    expect(words).toEqual([main, '-thermos_executor_flags=a b', '-http_port', '8081', '-zk_in_proc']);
  });
});
