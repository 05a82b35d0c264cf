/** A host that is frozen holds up nobody who asks: what the others say comes in time, and who is missing is named. */
import { describe, expect, it } from 'vitest';
import { backups } from '../../commands/backups.ts';
import type { CommandDeps } from '../../commands/deps.ts';
import { leader } from '../../commands/leader.ts';
import { restore } from '../../commands/restore.ts';
import type { Clock } from '../../src/aurora/clock.ts';
import type { HostAgent } from '../../src/aurora/hosts.ts';
import { systemClock } from '../../src/aurora/system-clock.ts';
import type { RestoreService } from '../../src/restore/service/service.ts';
import type { Message } from '../../src/slack/blocks.ts';
import type { Conversation, Triggered } from '../../src/slack/conversation.ts';
import { createSeals } from '../../src/slack/sealed.ts';
import { eastAccess } from '../slack/support/cluster.ts';
import { fleetOf } from '../slack/support/fleet.ts';

/** Ten times as fast as people are. */
const began = performance.now();
const clock: Clock = {
  now: () => Date.parse('2026-11-23T16:44:00Z') + (performance.now() - began) * 10,
  sleep: (ms, signal) => systemClock.sleep(ms / 10, signal),
};
const never = <T>(): Promise<T> => new Promise(() => undefined);

/** `east`, whose aurora-3 takes connections and says nothing. */
async function withFrozenHost(): Promise<CommandDeps> {
  const access = await eastAccess();
  const agents = access.agents.map(
    (agent): HostAgent =>
      agent.host === 'aurora-3'
        ? { ...agent, listKnownBackups: never<never>, readStatus: never<never>, readBackupTasks: unread }
        : agent,
  );
  const clusters = new Map([['east', { ...access, agents }]]);
  return {
    service: {
      list: () => Promise.resolve({ restores: [], ended: [], unreadable: [] }),
      mayPropose: () => Promise.resolve(null),
    } as Pick<RestoreService, 'list' | 'mayPropose'> as RestoreService,
    journal: { read: () => Promise.resolve([]) },
    clusters,
    ...fleetOf(clusters, clock),
    outbox: {
      findRestore: () => Promise.resolve(null),
      linkOf: () => Promise.resolve(null),
      shutOutOf: () => null,
      hasOffered: () => Promise.resolve(false),
    },
    seals: createSeals({ key: new Uint8Array(32), clock }),
    places: { judge: () => Promise.resolve(null) },
    clock,
  };
}

function unread(): never {
  throw new Error('a frozen host is asked for nothing more');
}

/** Ana, in the channel; keeps what she is told and the forms she is shown. */
function talk(): { conversation: Conversation & Triggered; told: Message[]; forms: string[] } {
  const told: Message[] = [];
  const forms: string[] = [];
  const tell = (message: Message): Promise<void> => {
    told.push(message);
    return Promise.resolve();
  };
  const fill = (view: unknown): Promise<void> => {
    forms.push(JSON.stringify(view));
    return Promise.resolve();
  };
  const conversation = {
    userId: 'U0ANA',
    channel: 'C0OPS',
    threadTs: null,
    tell,
    share: tell,
    show: () => Promise.resolve({ fill }),
  };
  return { conversation, told, forms };
}

const call = { cluster: 'east', flags: new Set<string>() };
const missing = 'The agent on aurora-3 did not answer in time.';

describe('while a host is frozen', () => {
  it('/aurora backups shows those of the others, with what they would cost', async () => {
    const { conversation, told } = talk();

    await backups(await withFrozenHost(), { ...call, conversation });

    expect(told.at(-1)?.text).toMatch(/the best that was seen is .* old\.\* 3 hosts asked, 2 answered\./);
    expect(told.at(-1)?.text).toContain(missing);
    expect(told.at(-1)?.text).toContain('if restored now: 3 killed, 4 started again');
  });

  it('/aurora leader says who leads, and that one host did not answer', async () => {
    const { conversation, told } = talk();

    await leader(await withFrozenHost(), { ...call, conversation });

    expect(told[0]?.text).toContain('aurora-2 leads');
    expect(JSON.stringify(told[0]?.blocks)).toContain('aurora-3');
  });

  it('/aurora restore offers the backups of the others', async () => {
    const { conversation, forms } = talk();

    await restore(await withFrozenHost(), { conversation, cluster: 'east' });

    expect(forms[0]).toContain('Show me the plan');
    expect(forms[0]).toContain(missing);
  });
});
