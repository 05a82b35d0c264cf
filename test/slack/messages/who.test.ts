/** Who can sign: the first line is about the person who asks. */
import { describe, expect, it } from 'vitest';
import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import type { RestoreState } from '../../../src/restore/record/state.ts';
import type { Refusal } from '../../../src/restore/rules/gates.ts';
import { gateToSign, renderNothingToSign, renderWho } from '../../../src/slack/messages/who.ts';
import { ana, bo, cy } from '../../restore/support/story.ts';
import { textsOf } from '../support/rendered.ts';
import { looking, planned, recordsOf, staged, statesOf, stories } from '../support/whole-story.ts';

function lastOf(events: typeof planned): RestoreState {
  const state = statesOf(recordsOf(events)).at(-1);
  if (state === undefined) throw new Error('an empty story');
  return state;
}

const notAnApprover: Refusal = { code: 'not-an-approver', message: 'You are not an approver.', hint: '' };

/** What can be read, as lines; at the stop, before its time has run out. */
function render(changes: Partial<Parameters<typeof renderWho>[0]> = {}): string {
  const state = changes.state ?? lastOf(planned);
  const gate = changes.gate ?? 'stop';
  const now = (state.gates[gate]?.expiresAt ?? 0) - 60_000;
  const signers = { allowed: [{ name: 'bo' }, { name: 'cy' }], barred: [], unread: [], asker: null };
  return textsOf(renderWho({ state, gate, signers, askerId: 'UDEE', now, ...changes })).join('\n');
}

describe('renderWho()', () => {
  it('begins with whether the one who asks can sign, and says who else, how many and until when', () => {
    const text = render();

    expect(text).toMatch(
      /^\*You can approve the stop of `east` \(R1\)\.\*\nWho can approve the stop: bo, cy\n/,
    );
    expect(text).toMatch(/Needed: one approver other than the requester · until <!date/);
  });

  it('names the groups that the one who asks is not in, or says that no group would help', () => {
    const grouped = lastOf(planned);
    const withPolicy = (changes: Partial<RestoreState['approvers']>): RestoreState => ({
      ...grouped,
      approvers: { approvers: [], approverGroups: [], ...changes },
    });
    const signers = { allowed: [], barred: [], unread: [], asker: notAnApprover };

    const byGroup = render({ state: withPolicy({ approvers: [], approverGroups: ['S0ONCALL'] }), signers });
    const byBoth = render({
      state: withPolicy({ approvers: ['U0BO'], approverGroups: ['S0ONCALL'] }),
      signers,
    });
    const byName = render({ state: withPolicy({ approvers: ['U0BO'], approverGroups: [] }), signers });

    expect(byGroup).toMatch(/^\*You are not in <!subteam\^S0ONCALL>\.\* You cannot approve the stop/);
    expect(byBoth).toMatch(/^\*You are not in <!subteam\^S0ONCALL>, nor one of the approvers by name\.\*/);
    expect(byName).toMatch(/^\*You are not one of the approvers of `east`\.\*/);
    expect(byGroup).toContain('Nobody can approve the stop now.');
  });

  it('tells an author of what is signed that another author fills the same place already', () => {
    const atCommit = lastOf(staged);
    const gate = atCommit.gates.commit;
    if (gate === undefined) throw new Error('the story has come to its commit gate');
    const commit = {
      ...gate,
      authors: [ana.id, bo.id],
      signOffs: [{ person: ana, comment: '', at: gate.openedAt, proof: null }],
    };
    const state: RestoreState = {
      ...atCommit,
      edits: [{ person: bo, taskIds: ['a'], jobs: [], reason: 'not that one', at: gate.openedAt }],
      gates: { ...atCommit.gates, commit },
    };

    const author = render({ state, gate: 'commit', askerId: bo.userId });
    const somebodyElse = render({ state, gate: 'commit', askerId: cy.userId });

    expect(author).toContain('You and ana made what is signed, and count as one signer');
    expect(somebodyElse).not.toContain('one place');
  });

  it('says that the time has run out, also to those who could have signed', () => {
    const state = lastOf(planned);
    const asker = {
      code: 'gate-expired',
      message: 'That sign-off came too late: its time has run out.',
      hint: '',
    };

    const text = render({
      state,
      now: state.gates.stop?.expiresAt ?? 0,
      signers: { allowed: [{ name: 'bo' }], barred: [], unread: [], asker },
    });

    expect(text).toContain('*That sign-off came too late: its time has run out.*');
    expect(text).toContain('nobody can sign now');
    expect(text).not.toContain('Who can');
  });

  it('counts those it does not name, and lets no name format anything', () => {
    const many = Array.from({ length: 30 }, (_, index) => ({ name: `p${index}`, why: '<!channel>' }));

    const text = render({ signers: { allowed: many, barred: many, unread: [], asker: null } });

    expect(text).toContain('p19 and 10 more');
    expect(text).toContain('p19 (&lt;!channel&gt;) and 10 more');
    expect(text).not.toContain('<!channel>');
  });
});

describe('when nothing is open to sign', () => {
  it.each<[string, readonly RestoreEvent[], RegExp]>([
    ['a step runs', planned.slice(0, 3), /It waits for the step ".+"\. Nobody has to do anything\./],
    [
      'it is signed',
      looking.slice(0, staged.length + 2),
      /One of those who signed commits: bo or cy\. You are one of them\./,
    ],
    ['the second look is open', looking, /bo or cy can let it reconcile\. You are one of them\./],
    ['it is stuck', stories['stuck']?.slice(0, -4) ?? [], /It needs a person: .*aurora-2/],
    [
      'it has ended',
      stories['declined'] ?? [],
      /It has ended: declined\. `\/aurora restore` starts another one\./,
    ],
  ])('it says what the restore waits for: %s', (_, events, expected) => {
    const state = lastOf(events);

    const text = textsOf(renderNothingToSign(state, bo.userId)).join('\n');

    expect(gateToSign(state)).toBeNull();
    expect(text).toMatch(/^\*Nothing is open to sign in R1 of `east`\.\*/);
    expect(text).toMatch(expected);
  });

  it('and tells somebody who has not signed that they are not one of them', () => {
    const text = textsOf(renderNothingToSign(lastOf(looking), 'U0DEE')).join('\n');

    expect(text).toContain('You are not one of them.');
  });
});
