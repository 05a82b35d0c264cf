/** Calls that take time because a fault wants it, so that something can hit their middle. */
import fs from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
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

const untilHeld = (member: Member, call: 'stageRecovery' | 'commitRecovery') =>
  until(`${call} to stand still`, () => fs.existsSync(member.befalls.held(call)));
const noBackup = { code: 'ERROR', messages: ['No backup loaded.'] };

describe('a call that a fault holds', () => {
  it('has not staged anything while it stands still, and does so when it is let go', async () => {
    const elected = await start();
    fs.writeFileSync(elected.befalls.hold('stageRecovery'), '');

    const staging = elected.call('stageRecovery', { backupId: 'chosen' });
    await untilHeld(elected, 'stageRecovery');
    const meanwhile = await elected.call('queryRecovery', { query: {} });
    fs.rmSync(elected.befalls.hold('stageRecovery'));

    expect(meanwhile).toMatchObject(noBackup);
    expect(await staging).toMatchObject({ code: 'OK' });
    expect(await elected.call('queryRecovery', { query: {} })).toMatchObject({ code: 'OK' });
    expect(fs.existsSync(elected.befalls.held('stageRecovery'))).toBe(false);
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
