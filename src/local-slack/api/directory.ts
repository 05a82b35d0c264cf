import { SlackRefusal } from '../refusal.ts';
import { userObject } from '../state/people.ts';
import { type Method, page } from './method.ts';

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

const usersList: Method = {
  token: 'bot',
  scopes: ['users:read'],
  tier: 2,
  run: ({ args, workspace }) => {
    const { items, response_metadata } = page(workspace.people.all(), {
      limit: args.count('limit', 1000),
      max: 1000,
      cursor: args.optional('cursor'),
    });
    return {
      members: items.map((user) => userObject(user, workspace.team.id)),
      cache_ts: Math.floor(workspace.now() / 1000),
      response_metadata,
    };
  },
};

const usersGetPresence: Method = {
  token: 'bot',
  scopes: ['users:read'],
  tier: 3,
  run: ({ args, workspace }) => {
    const user = workspace.people.find(args.required('user'));
    if (user === undefined) throw new SlackRefusal('user_not_found');
    return { presence: user.deleted === true ? 'away' : (user.presence ?? 'active') };
  },
};

const usergroupsList: Method = {
  token: 'bot',
  scopes: ['usergroups:read'],
  tier: 2,
  run: ({ args, workspace }) => ({
    usergroups: workspace.people.usergroups.map((group) => ({
      id: group.id,
      team_id: workspace.team.id,
      is_usergroup: true,
      is_external: false,
      name: group.name,
      description: '',
      handle: group.handle,
      date_create: 0,
      date_update: 0,
      date_delete: 0,
      auto_type: null,
      created_by: 'USLACKBOT',
      updated_by: 'USLACKBOT',
      deleted_by: null,
      user_count: group.users.length,
      ...(args.flag('include_users') ? { users: group.users } : {}),
    })),
  }),
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

const botsInfo: Method = {
  token: 'bot',
  scopes: ['users:read'],
  tier: 3,
  run: ({ args, workspace }) => {
    if ((args.optional('bot') ?? workspace.people.botId) !== workspace.people.botId)
      throw new SlackRefusal('bot_not_found');
    return { bot: workspace.people.botProfile() };
  },
};

const teamInfo: Method = {
  token: 'bot',
  scopes: ['team:read'],
  tier: 3,
  run: ({ workspace }) => ({ team: { ...workspace.team, email_domain: '', icon: {} } }),
};

export const directoryMethods: Readonly<Record<string, Method>> = {
  'auth.test': authTest,
  'apps.connections.open': openConnection,
  'users.info': usersInfo,
  'users.list': usersList,
  'users.getPresence': usersGetPresence,
  'usergroups.list': usergroupsList,
  'usergroups.users.list': usergroupsUsersList,
  'bots.info': botsInfo,
  'team.info': teamInfo,
};
