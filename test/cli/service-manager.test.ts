/** What systemd is told, and when: over a clock that the test moves. */
import { describe, expect, it } from 'vitest';
import { openServiceManager } from '../../src/cli/service-manager.ts';
import { FakeClock } from '../restore/support/fake-clock.ts';

const turns = async () => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((next) => setImmediate(next));
};

function open(env: NodeJS.ProcessEnv, send?: () => Promise<void>) {
  const clock = new FakeClock(0);
  const said: string[] = [];
  const warned: string[] = [];
  const manager = openServiceManager(env, {
    clock,
    send: async (socket, assignments) => {
      said.push(`${socket} ${assignments.join(' ')}`);
      await send?.();
    },
    warn: (_fields, message) => warned.push(message),
  });
  const passes = async (ms: number) => {
    const until = clock.now() + ms;
    do await turns();
    while (clock.advance(until));
    await turns();
  };
  return { manager, said, warned, passes };
}

const started = () => ({
  NOTIFY_SOCKET: '/run/s',
  WATCHDOG_USEC: '60000000',
  WATCHDOG_PID: '7',
  PATH: '/bin',
});

describe('systemd is told', () => {
  it('that the program serves, three times in each watchdog that it lives, and that it stops', async () => {
    const { manager, said, passes } = open(started());

    manager.status('waits');
    await passes(120_000);
    const before = [...said];
    manager.ready('runs');
    await passes(60_000);
    manager.stopping();
    await passes(120_000);

    expect(before).toEqual(['/run/s STATUS=waits']);
    expect(said.slice(1)).toEqual([
      '/run/s READY=1 STATUS=runs',
      '/run/s WATCHDOG=1',
      '/run/s WATCHDOG=1',
      '/run/s WATCHDOG=1',
      '/run/s STOPPING=1 STATUS=',
    ]);
  });

  it('nothing where it is not there, and no command of the program inherits its socket', async () => {
    const env = started();
    open(env);
    const { manager, said, passes } = open(env);

    manager.ready('runs');
    await passes(120_000);

    expect(env).toEqual({ PATH: '/bin' });
    expect(said).toEqual([]);
  });

  it.each(['0', '', 'soon', '-1'])('no sign of life where the watchdog is "%s"', async (usec) => {
    const { manager, said, passes } = open({ NOTIFY_SOCKET: '/run/s', WATCHDOG_USEC: usec });

    manager.ready('runs');
    await passes(120_000);

    expect(said).toEqual(['/run/s READY=1 STATUS=runs']);
  });

  it('the next time, when it could not be told', async () => {
    const { manager, said, warned, passes } = open(started(), () => Promise.reject(new Error('no room')));

    manager.ready('runs');
    await passes(40_000);

    expect(said).toHaveLength(3);
    expect(warned).toEqual(Array.from({ length: 3 }, () => 'systemd was not told'));
  });
});
