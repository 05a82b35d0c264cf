/** What only a button decides, typed: the answer has the restore and the button as its card has them now. */
import { describe, expect, it } from 'vitest';
import { sealAskAbort } from '../../commands/ask-abort.ts';
import type { CommandDeps } from '../../commands/deps.ts';
import { parseMention } from '../../commands/parse-mention.ts';
import { JournalUnreadable } from '../../src/aurora/journal.ts';
import type { RestoreEvent } from '../../src/restore/record/events.ts';
import type { RestoreState } from '../../src/restore/record/state.ts';
import type { RestoreService } from '../../src/restore/service/service.ts';
import { eastAccess } from '../slack/support/cluster.ts';
import { looking, planned, recordsOf, staged, statesOf } from '../slack/support/whole-story.ts';
import { depsOver, press, readAloud, type } from './support.ts';

function stateAfter(events: readonly RestoreEvent[], changes: Partial<RestoreState> = {}): RestoreState {
  const state = statesOf(recordsOf(events)).at(-1);
  if (state === undefined) throw new Error('a story begins with its proposal');
  return { ...state, ...changes };
}

async function depsWith(restores: readonly RestoreState[], more: Partial<CommandDeps> = {}) {
  const access = await eastAccess();
  const deps = depsOver(access, {
    service: { list: () => Promise.resolve({ restores, ended: [], unreadable: [] }) } as Pick<
      RestoreService,
      'list'
    > as RestoreService,
    ...more,
  });
  return {
    ...deps,
    clusters: new Map([
      ['east', access],
      ['west', { ...access, cluster: { ...access.cluster, name: 'west' } }],
    ]),
    outbox: { ...deps.outbox, linkOf: (id: string) => Promise.resolve(`https://slack.example/${id}`) },
  };
}

const typed = async (restores: readonly RestoreState[], text: string) =>
  readAloud(await type(await depsWith(restores), text)).trimEnd();

describe('a typed decision', () => {
  it.each([
    ['approve', planned, '"Approve: stop the schedulers…"'],
    ['decline', planned, '"Decline…"'],
    ['abort not the right one', staged, '"Stop here and put everything back…"'],
    ['sign', staged, '"Sign off…"'],
    ['pause', staged, '`⋯` and then "Pause…"'],
    ['reconcile', looking, '"Let it reconcile…"'],
    ['abort', looking, '"Go back to the old state…"'],
  ])('%s', async (text, events, button) => {
    expect(await typed([stateAfter(events)], text)).toBe(
      `*Nothing was done: press ${button} on the card of <https://slack.example/R1|R1> of \`east\`.*`,
    );
  });

  it('says where the restore stands when its card has no such button', async () => {
    expect(await typed([stateAfter(planned)], 'commit')).toMatch(
      /^\*There is nothing to commit now in <\S+\|R1> of `east`:\* it is waiting for one approver other than the requester, and its card has the buttons for that\.$/,
    );
  });

  it('is about the restore or cluster that is named, else about all that are open', async () => {
    const state = stateAfter(planned);
    const other = { ...state, restoreId: 'R2', proposal: { ...state.proposal, cluster: 'west' } };

    expect(await typed([state, other], 'approve R2')).toMatch(/^\*Nothing was done:.*\|R2> of `west`\.\*$/);
    expect(await typed([state, other], 'approve east')).toMatch(/^\*Nothing was done:.*\|R1> of `east`\.\*$/);
    expect((await typed([state, other], 'approve')).split('\n\n')).toHaveLength(2);
    expect(await typed([state], 'approve R9')).toMatch(/^R9 is not in progress\./);
    expect(await typed([], 'approve west')).toBe(
      '*No restore of `west` is in progress, so there is nothing to approve.*',
    );
    expect(await typed([], 'lgtm')).toBe('*No restore is in progress, so there is nothing to approve.*');
  });

  it('its button under an answer is for the one who was answered, and for nobody else', async () => {
    const deps = await depsWith([]);
    const said = { userId: 'U0ANA', channel: 'C0OPS', threadTs: '1.0' };
    const value = sealAskAbort(deps, said, { restoreId: 'R1', reason: 'wrong backup' });

    expect(await press(deps, 'ask-abort', value)).toMatch(/opened by somebody else; nothing was done/);
    expect(await press(deps, 'ask-abort', value.replace('wrong', 'right'))).toMatch(/changed after this bot/);
    expect(await press(deps, 'ask-abort', 'R1|')).toMatch(/nothing was done/);
  });

  it('a reason of any letters fits into the value of a button', async () => {
    const deps = await depsWith([]);
    const said = { userId: 'U0ANA', channel: 'C0OPS', threadTs: '1700000000.000100' };

    for (const letter of ['"', '\\', '𝕏', 'ж']) {
      const parsed = parseMention(`abort ${letter.repeat(1_000)}`);
      const reason = parsed.kind === 'wish' ? parsed.reason : '';
      const value = sealAskAbort(deps, said, { restoreId: 'R123456789', reason });

      expect(value.length).toBeLessThanOrEqual(2_000);
      expect(() => deps.seals.open(value, { form: 'ask-abort', userId: 'U0ANA' })).not.toThrow();
    }
  });

  it('says why the only one that is open cannot be read', async () => {
    const broken = new JournalUnreadable({ restoreId: 'R1', seq: 3, why: 'it is of another version' });
    const deps = await depsWith([], {
      service: {
        list: () => Promise.resolve({ restores: [], ended: [], unreadable: [broken] }),
      } as Pick<RestoreService, 'list'> as RestoreService,
    });

    expect(await type(deps, 'abort')).toContain('R1');
  });
});
