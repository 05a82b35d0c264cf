/** People of an Enterprise Grid, as `users.info` and `auth.test` tell of them there (slack.md 5). */
import { describe, expect, it } from 'vitest';
import type { People } from '../../src/aurora/people.ts';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { lookUpVoter } from '../../src/restore/service/signers.ts';
import { createSlackPeople } from '../../src/slack/people.ts';
import { stateOf, untilStopGate } from '../restore/support/story.ts';

const ours = 'T0OURS';
const human = 'W0BO';
const member = { id: human, enterprise_id: 'E0GRID', teams: ['T0OTHER', ours] };

/** A workspace with these answers of `users.info`; `auth.test` names the organisation or, as older tokens do, only the team. */
function peopleOf(
  users: Readonly<Record<string, object>>,
  home: object = { enterprise_id: 'E0GRID' },
): People {
  const client = {
    auth: { test: () => Promise.resolve({ ok: true, team_id: ours, ...home }) },
    users: { info: ({ user }: { user: string }) => Promise.resolve({ ok: true, user: users[user] }) },
    usergroups: { users: { list: () => Promise.resolve({ ok: true, users: [] }) } },
  };
  return createSlackPeople({ client: client as never, clock: systemClock });
}

const user = (id: string, more: object): object => ({ id, name: id, enterprise_user: member, ...more });

describe('a member of our workspace', () => {
  it.each([
    ['without a team', {}],
    ["with another workspace's team", { team_id: 'T0OTHER' }],
    ["with the organisation's id as a team", { team_id: 'E0GRID' }],
    ['with ours', { team_id: ours }],
  ])('%s is one', async (_what, team) => {
    for (const home of [{ enterprise_id: 'E0GRID' }, {}]) {
      const person = await peopleOf({ U0BO: user('U0BO', team) }, home).findPerson('U0BO');

      expect(person).toMatchObject({ teamId: ours, userId: 'U0BO', barred: null });
    }
  });

  it('is one human under both of their ids', async () => {
    const people = peopleOf({ U0BO: user('U0BO', { team_id: ours }), [human]: user(human, {}) });

    const [local, global] = await Promise.all([people.findPerson('U0BO'), people.findPerson(human)]);

    expect(local.id).toBe(global.id);
    expect([local.userId, global.userId]).toEqual(['U0BO', human]);
  });

  it('outside of a Grid is who they were before', async () => {
    const person = await peopleOf({ U0ANA: { id: 'U0ANA', team_id: ours } }, {}).findPerson('U0ANA');

    expect(person).toMatchObject({ id: `${ours}:U0ANA`, barred: null });
    expect(person).not.toHaveProperty('enterpriseUserId');
  });
});

describe('who stays out', () => {
  const elsewhere = 'from another workspace';
  it.each([
    ['another organisation', { enterprise_user: { ...member, enterprise_id: 'E0ELSE' } }, elsewhere],
    ['a stranger of Slack Connect', { team_id: ours, is_stranger: true }, elsewhere],
    [
      'a member of other workspaces of the Grid only',
      { team_id: 'T0OTHER', enterprise_user: { ...member, teams: ['T0OTHER'] } },
      elsewhere,
    ],
    [
      'one who was taken out of ours, whatever the team says',
      { team_id: ours, enterprise_user: { ...member, teams: ['T0OTHER'] } },
      elsewhere,
    ],
    ['nobody says which workspaces', { enterprise_user: { id: human } }, elsewhere],
    ['a guest of ours', { is_restricted: true }, 'a guest'],
    ['a deactivated member of ours', { deleted: true }, 'a deactivated account'],
  ])('%s', async (_what, more, why) => {
    const person = await peopleOf({ U0BO: user('U0BO', more) }).findPerson('U0BO');

    expect(person.barred).toBe(why);
  });
});

describe('an approver who is named by one id and acts under another', () => {
  const users = { U0BO: user('U0BO', {}), [human]: user(human, {}), U0CY: { id: 'U0CY', team_id: ours } };
  const named = (approvers: readonly string[]) => ({ approvers, approverGroups: [] });

  it.each([
    ['by the id of the Grid, acts under the local one', [human], 'U0BO', true],
    ['by the local id, acts under that of the Grid', ['U0BO'], human, true],
    ['beside one who cannot be looked up', ['U0GONE', 'U0BO'], human, true],
    ['not at all', ['U0CY'], 'U0BO', false],
  ])('%s', async (_what, approvers, userId, expected) => {
    const state = stateOf(untilStopGate({ policy: named(approvers) }));

    const voter = await lookUpVoter({ people: peopleOf(users), clusters: new Map() }, { state, userId });

    expect(voter.isApprover).toBe(expected);
  });
});
