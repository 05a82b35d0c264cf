import { rm, writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { startScheduler } from '../../../src/agent/operations/start-scheduler.ts';
import { stopScheduler } from '../../../src/agent/operations/stop-scheduler.ts';
import { contextOn } from '../support/operation-context.ts';
import { createTestHost, type TestHost } from '../support/test-host.ts';

let host: TestHost;
afterEach(() => host.dispose());

describe('stop-scheduler', () => {
  test('ends the process with SIGTERM and sees ports and LOCK free', async () => {
    host = await createTestHost();
    const pid = await host.startSchedulerByHand();
    const context = contextOn(host);

    const before = await stopScheduler.observe(context, { graceMs: 10_000 });
    const { evidence } = await stopScheduler.run(context, { graceMs: 10_000 });
    const after = await stopScheduler.observe(context, { graceMs: 10_000 });

    expect(before.state).toBe('not-done');
    expect(evidence).toMatchObject({ pid, killed: false });
    expect(after.state).toBe('done');
    expect(await host.effects()).toEqual(['R1.by.hand.1 stop']);
  });

  test('kills what ignores SIGTERM, and says so', async () => {
    host = await createTestHost({ stubborn: true });
    const pid = await host.startSchedulerByHand();

    const { evidence } = await stopScheduler.run(contextOn(host), { graceMs: 300 });

    expect(evidence).toMatchObject({ pid, killed: true });
    expect(evidence.stoppedInMs).toBeGreaterThanOrEqual(300);
    expect(await host.effects()).toEqual(['R1.by.hand.1 stop', 'R1.by.hand.1 kill']);
  });

  test('does not take a service that says stopped for a scheduler that is gone', async () => {
    host = await createTestHost();
    const pid = await host.startSchedulerByHand();
    // The service manager has forgotten a process that still holds everything.
    await rm(host.path('scheduler.pid'));
    const context = { ...contextOn(host) };
    const quick = {
      ...context,
      config: { ...context.config, bounds: { ...context.config.bounds, killMs: 200 } },
    };

    const observed = await stopScheduler.observe(quick, { graceMs: 200 });
    const failure = stopScheduler.run(quick, { graceMs: 200 });

    expect(observed.state).toBe('not-done');
    await expect(failure).rejects.toMatchObject({
      code: 'scheduler-not-stopped',
      details: {
        left: ['the HTTP port is open', 'the libprocess port is open', "the log's LOCK is held"],
      },
    });
    await writeFile(host.path('scheduler.pid'), String(pid));
  });
});

describe('start-scheduler', () => {
  test('starts a process, and starts none when one runs', async () => {
    host = await createTestHost();
    const context = contextOn(host);

    const before = await startScheduler.observe(context, {});
    const { evidence } = await startScheduler.run(context, {});
    const after = await startScheduler.observe(context, {});

    expect(before.state).toBe('not-done');
    expect(evidence.pid).toBeGreaterThan(1);
    expect(after).toEqual({ state: 'done', evidence });
  });

  test('fails when the command succeeds and no process is seen', async () => {
    host = await createTestHost();
    const context = contextOn(host);
    const idle = {
      ...context,
      service: { ...context.service, start: () => Promise.resolve() },
      config: { ...context.config, bounds: { ...context.config.bounds, startMs: 200 } },
    };

    await expect(startScheduler.run(idle, {})).rejects.toMatchObject({ code: 'scheduler-not-started' });
  });
});
