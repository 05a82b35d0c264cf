/** Calls that take time because a fault wants it, so that something can hit their middle. */
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { HeldCall } from '../../../src/pretend-aurora/scheduler/befalls.ts';
import { until } from './support/drill-cluster.ts';
import { type Member, startTrio, type Trio } from './support/trio.ts';

let trio: Trio | null = null;
afterEach(async () => {
  await trio?.close();
  trio = null;
});

async function start(): Promise<Member> {
  trio = await startTrio();
  const elected = await trio.findReady();
  fs.copyFileSync(
    'test/fixtures/restore-staged/scheduler-backup-2026-11-23-16-30',
    `${elected.backups}/chosen`,
  );
  return elected;
}

function listHeld({ befalls }: Member, call: HeldCall): string[] {
  const held = befalls.held(call);
  return fs.readdirSync(path.dirname(held)).filter((name) => name.startsWith(path.basename(held)));
}

const untilHeld = (member: Member, call: HeldCall) =>
  until(`${call} to stand still`, () => listHeld(member, call)[0]);
/** The one call that stands still; those that come after it stand still as well. */
function letGo(member: Member, call: HeldCall): void {
  for (const name of listHeld(member, call)) {
    fs.rmSync(path.join(path.dirname(member.befalls.held(call)), name));
  }
}

const noBackup = { code: 'ERROR', messages: ['No backup loaded.'] };

describe('a call that a fault holds', () => {
  it('has not staged anything while it stands still, and does so when it is let go', async () => {
    const elected = await start();
    fs.writeFileSync(elected.befalls.hold('stageRecovery'), '');

    const staging = elected.call('stageRecovery', { backupId: 'chosen' });
    await untilHeld(elected, 'stageRecovery');
    const meanwhile = await elected.call('queryRecovery', { query: {} });
    letGo(elected, 'stageRecovery');

    expect(meanwhile).toMatchObject(noBackup);
    expect(await staging).toMatchObject({ code: 'OK' });
    expect(await elected.call('queryRecovery', { query: {} })).toMatchObject({ code: 'OK' });
  });

  it('is held by itself: one goes on while the next stands still', async () => {
    const elected = await start();
    await elected.call('stageRecovery', { backupId: 'chosen' });
    fs.writeFileSync(elected.befalls.hold('queryRecovery'), '');

    const first = elected.call('queryRecovery', { query: {} });
    await untilHeld(elected, 'queryRecovery');
    letGo(elected, 'queryRecovery');
    const answered = await first;
    const second = elected.call('queryRecovery', { query: {} });
    await untilHeld(elected, 'queryRecovery');

    expect(answered).toMatchObject({ code: 'OK' });
    fs.rmSync(elected.befalls.hold('queryRecovery'));
    letGo(elected, 'queryRecovery');
    expect(await second).toMatchObject({ code: 'OK' });
  });

  it('is cut off when the scheduler loses the election meanwhile, and has staged nothing', async () => {
    const elected = await start();
    fs.writeFileSync(elected.befalls.hold('stageRecovery'), '');

    const staging = elected.call('stageRecovery', { backupId: 'chosen' });
    await untilHeld(elected, 'stageRecovery');
    for (const id of trio?.zookeeper.sessionIds() ?? []) trio?.zookeeper.expireSession(id);

    expect(await staging).toMatchObject({ code: 'no-reply' });
    expect(elected.scheduler.lifecycle.state).toBe('DEAD');
  });

  it('is never answered when the scheduler ends meanwhile, and its commit is not in the log', async () => {
    const elected = await start();
    await elected.call('stageRecovery', { backupId: 'chosen' });
    fs.writeFileSync(elected.befalls.hold('commitRecovery'), '');

    const committing = elected.call('commitRecovery');
    await untilHeld(elected, 'commitRecovery');
    const again = await elected.restart();

    expect(await committing).toMatchObject({ code: 'no-reply' });
    const next = await trio?.findReady();
    const { result } = (await next?.call('getTasksWithoutConfigs', { query: {} })) ?? {};
    expect(result?.scheduleStatusResult?.tasks).toEqual([]);
    expect(await again.call('queryRecovery', { query: {} })).toMatchObject(noBackup);
  });
});
