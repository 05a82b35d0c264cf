import { SlackRefusal } from '../refusal.ts';
import { userObject } from '../state/people.ts';
import type { Method } from './method.ts';

/** Who and what there is: team, users, user groups, the app itself. */

const authTest: Method = {
  token: 'any',
  scopes: [],
  tier: 4,
  run: ({ workspace }) => ({
    url: `${workspace.baseUrl}/`,
    team: workspace.team.name,
    user: workspace.people.find(workspace.people.app.botUserId)?.name ?? '',
    team_id: workspace.team.id,
    user_id: workspace.people.app.botUserId,
    bot_id: workspace.people.botId,
    is_enterprise_install: false,
  }),
};

const openConnection: Method = {
  token: 'app',
  scopes: [],
  tier: 4,
  run: ({ issueSocketUrl }) => ({ url: issueSocketUrl() }),
};

const usersInfo: Method = {
  token: 'bot',
  scopes: ['users:read'],
  tier: 4,
  run: ({ args, workspace }) => {
    const user = workspace.people.find(args.required('user'));
    if (user === undefined) throw new SlackRefusal('user_not_found');
    return { user: userObject(user, workspace.team.id) };
  },
};

const usergroupsUsersList: Method = {
  token: 'bot',
  scopes: ['usergroups:read'],
  tier: 2,
  run: ({ args, workspace }) => {
    const id = args.required('usergroup');
    const group = workspace.people.usergroups.find((candidate) => candidate.id === id);
    if (group === undefined) throw new SlackRefusal('no_such_subteam');
    const disabled = args.flag('include_disabled');
    return {
      users: group.users.filter((user) => disabled || workspace.people.find(user)?.deleted !== true),
    };
  },
};

export const directoryMethods: Readonly<Record<string, Method>> = {
  'auth.test': authTest,
  'apps.connections.open': openConnection,
  'users.info': usersInfo,
  'usergroups.users.list': usergroupsUsersList,
};
