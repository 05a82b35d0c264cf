/** Who is in the drill's workspace, and where its restores are held. */
import type { LocalChannel, LocalUser, LocalUsergroup } from '../../local-slack/options.ts';

export const drillTeam = { id: 'T0DRILL', name: 'Drill', domain: 'drill' };
export const botUserId = 'U0AURORA';

export const cast = {
  ana: 'U0ANA',
  bo: 'U0BO',
  cy: 'U0CY',
  dana: 'U0DANA',
  gil: 'U0GIL',
  eve: 'U0EVE',
} as const;

export const drillUsers: readonly LocalUser[] = [
  { id: cast.ana, name: 'ana', realName: 'Ana', title: 'On call', presence: 'active' },
  { id: cast.bo, name: 'bo', realName: 'Bo', title: 'On call', presence: 'active' },
  { id: cast.cy, name: 'cy', realName: 'Cy', title: 'On call', presence: 'active' },
  { id: cast.dana, name: 'dana', realName: 'Dana', title: 'Owner of www/devel/scratch', presence: 'away' },
  { id: cast.gil, name: 'gil', realName: 'Gil', title: 'Guest', isRestricted: true, presence: 'active' },
  { id: cast.eve, name: 'eve', realName: 'Eve', title: 'Left last month', deleted: true, presence: 'away' },
];

export const oncallGroup: LocalUsergroup = {
  id: 'S0ONCALL',
  handle: 'aurora-oncall',
  name: 'Aurora on call',
  users: [cast.ana, cast.bo, cast.cy, cast.gil, cast.eve],
};

export const incidentChannel: LocalChannel = {
  id: 'C0INCIDENT',
  name: 'inc-aurora-east',
  members: [...drillUsers.filter((user) => user.deleted !== true).map((user) => user.id), botUserId],
  topic: 'Restores of the Aurora cluster east',
};

/** Without the bot: the page opens where it is at home. */
export const generalChannel: LocalChannel = {
  id: 'C0GENERAL',
  name: 'general',
  members: drillUsers.filter((user) => user.deleted !== true).map((user) => user.id),
};
