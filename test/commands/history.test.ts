import { describe, expect, it } from 'vitest';
import type { EndedRestore } from '../../src/restore/record/ended.ts';
import type { RestoreService } from '../../src/restore/service/service.ts';
import { eastAccess } from '../slack/support/cluster.ts';
import { depsOver, readAloud, type } from './support.ts';

const ended = (n: number, outcome: EndedRestore['outcome']) =>
  ({
    restoreId: `R${n}`,
    cluster: 'east',
    outcome,
    proposedAt: Date.parse('2026-11-23T14:00:00Z') + n * 3_600_000,
    endedAt: Date.parse('2026-11-23T14:41:00Z') + n * 3_600_000,
  }) as EndedRestore;

async function historyOf(restores: readonly EndedRestore[], text: string): Promise<string> {
  const list: RestoreService['list'] = () =>
    Promise.resolve({ restores: [], ended: restores, unreadable: [] });
  const deps = depsOver(await eastAccess(), {
    service: { list } as Pick<RestoreService, 'list'> as RestoreService,
  });
  return readAloud(await type(deps, text));
}

describe('/aurora history', () => {
  it('lists what has ended, newest first, with how and how long', async () => {
    expect(await historyOf([ended(2, 'completed'), ended(1, 'expired')], 'history east')).toBe(
      [
        '*Restores of `east`, newest first*',
        'R2 of `east`, 2026-11-23 16:00 UTC: restored, took 41 min',
        'R1 of `east`, 2026-11-23 15:00 UTC: nobody decided in time, took 41 min',
        '',
        'The thread of each has its report as a page and as Markdown.',
        '',
      ].join('\n'),
    );
  });

  it('says where older ones are', async () => {
    const many = Array.from({ length: 16 }, (_, n) => ended(16 - n, 'undone'));

    const said = await historyOf(many, 'history');

    expect(said).not.toContain('R1 of');
    expect(said).toContain('R2 of');
    expect(said).toContain('Older ones: `aurora-chatops record show`');
  });

  it('says that there is none yet, and what a name may have been', async () => {
    expect(await historyOf([], 'history')).toMatch(/^\*No restore has ended yet\.\*/);
    expect(await historyOf([], 'history esat')).toMatch(/Did you mean `east`\?/);
  });
});
