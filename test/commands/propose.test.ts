/** A proposal that is refused keeps its form, or comes back with what was typed; no number goes with it. */
import { describe, expect, it } from 'vitest';
import type { CommandDeps } from '../../commands/deps.ts';
import { createListeners } from '../../commands/index.ts';
import type { RestoreService } from '../../src/restore/service/service.ts';
import type { Message } from '../../src/slack/blocks.ts';
import { eastAccess } from '../slack/support/cluster.ts';
import { depsOver, readAloud } from './support.ts';

const refusal = { code: 'person-barred', message: 'You cannot do this: a guest.', hint: 'Members can.' };
const sha256 = async () => (await (await eastAccess()).agents[0]?.listBackups())?.[0]?.report.sha256 ?? '';

async function sendOff(changes: Partial<CommandDeps>, service: Partial<RestoreService>, backup?: string) {
  const proposed: unknown[] = [];
  const base: Partial<RestoreService> = {
    list: () => Promise.resolve({ restores: [], ended: [], unreadable: [] }),
    mayPropose: () => Promise.resolve(null),
    propose: (asked) => {
      proposed.push(asked);
      return Promise.resolve({ ok: false, refusal });
    },
  };
  const deps = depsOver(await eastAccess(), {
    service: { ...base, ...service } as RestoreService,
    ...changes,
  });
  const metadata = deps.seals.seal({
    form: 'propose-restore',
    userId: 'U0ANA',
    channel: 'C0OPS',
    threadTs: null,
    messageTs: null,
    subject: 'east',
  });
  const values = {
    cluster: 'east',
    'backup-east': backup ?? (await sha256()),
    reason: 'log *corrupt*',
    incident: 'INC-1',
  };
  const form = { metadata, values, chosen: {}, userId: 'U0ANA' };
  const told: Message[] = [];
  const tell = (message: Message): Promise<void> => {
    told.push(message);
    return Promise.resolve();
  };
  const listeners = createListeners(deps);
  const errors = await listeners.formChecks['propose-restore']?.(form);
  await listeners.submissions['propose-restore']?.({
    ...form,
    channel: 'C0OPS',
    threadTs: null,
    tell,
    share: tell,
  });
  return { errors, told: readAloud(told), proposed: proposed.length };
}

describe('"Show me the plan"', () => {
  it('says beside the field what is wrong, and again with what was typed if it is sent off all the same', async () => {
    const gone = await sendOff({}, {}, 'ab'.repeat(32));
    const guest = await sendOff({}, { mayPropose: () => Promise.resolve(refusal) });
    const nowhere = await sendOff(
      { places: { judge: () => Promise.resolve({ code: 'x', message: 'Not there.', hint: 'Invite me.' }) } },
      {},
    );

    expect(gone.errors).toEqual({
      'backup-east': expect.stringContaining('That backup is gone') as unknown,
    });
    expect(guest.errors).toEqual({ cluster: 'You cannot do this: a guest. Members can.' });
    expect(nowhere.errors).toEqual({ cluster: 'Not there. Invite me.' });
    for (const { told, proposed } of [gone, guest, nowhere]) {
      expect(told).toContain('You had typed: "log ∗corrupt∗", incident "INC-1"');
      expect(proposed).toBe(0);
    }
  });

  it('asks again when it is sent off if Slack is too slow to say who somebody is', async () => {
    const asked: string[] = [];
    const clock = { now: () => 0, sleep: () => Promise.resolve() };

    const { errors, told } = await sendOff(
      { clock },
      {
        mayPropose: async () => {
          asked.push('asked');
          await new Promise((later) => setImmediate(later));
          return refusal;
        },
      },
    );

    expect(errors).toBeNull();
    expect(asked).toHaveLength(2);
    expect(told).toContain('*You cannot do this: a guest.*');
  });

  it('tells what the service refuses with what was typed', async () => {
    const { errors, told, proposed } = await sendOff({}, {});

    expect(errors).toBeNull();
    expect(proposed).toBe(1);
    expect(told).toContain('You had typed: "log ∗corrupt∗", incident "INC-1"');
  });
});
