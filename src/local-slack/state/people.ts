import { createHash } from 'node:crypto';
import type { LocalApp, LocalUser, LocalUsergroup } from '../options.ts';
import type { BotProfile } from './entities.ts';

/** The people of the workspace, their groups and the app's bot user. */
export class People {
  private readonly users = new Map<string, LocalUser>();
  readonly usergroups: readonly LocalUsergroup[];
  readonly teamId: string;
  readonly app: LocalApp;

  constructor(options: {
    teamId: string;
    users: readonly LocalUser[];
    usergroups: readonly LocalUsergroup[];
    app: LocalApp;
  }) {
    this.teamId = options.teamId;
    this.usergroups = options.usergroups;
    this.app = options.app;
    this.users.set('USLACKBOT', { id: 'USLACKBOT', name: 'slackbot', realName: 'Slackbot' });
    this.users.set(options.app.botUserId, {
      id: options.app.botUserId,
      name: botName(options.app),
      realName: options.app.name ?? botName(options.app),
      isBot: true,
    });
    for (const user of options.users) this.users.set(user.id, user);
  }

  all(): readonly LocalUser[] {
    return [...this.users.values()];
  }

  find(id: string): LocalUser | undefined {
    return this.users.get(id);
  }

  setDeleted(id: string, deleted: boolean): void {
    const user = this.users.get(id);
    if (user !== undefined) this.users.set(id, { ...user, deleted });
  }

  get botId(): string {
    return this.app.botId ?? `B${this.app.botUserId.slice(1)}`;
  }

  botProfile(): BotProfile {
    return {
      id: this.botId,
      app_id: this.app.appId,
      user_id: this.app.botUserId,
      name: this.app.name ?? botName(this.app),
      icons: {},
      deleted: false,
      updated: 0,
      team_id: this.teamId,
    };
  }
}

/** The user object of `users.info` with every flag that decides who may vote (slack.md 5). */
export function userObject(user: LocalUser, teamId: string) {
  const own = user.teamId === undefined || user.teamId === teamId;
  const realName = user.realName ?? user.name;
  const isSlackbot = user.id === 'USLACKBOT';
  return {
    id: user.id,
    team_id: user.teamId ?? teamId,
    name: user.name,
    deleted: user.deleted ?? false,
    color: colourOf(user.id),
    real_name: realName,
    tz: user.tz ?? 'Etc/UTC',
    tz_label: 'Coordinated Universal Time',
    tz_offset: 0,
    profile: {
      title: user.title ?? '',
      real_name: realName,
      real_name_normalized: realName,
      display_name: user.name,
      display_name_normalized: user.name,
      first_name: realName.split(' ')[0] ?? realName,
      last_name: realName.split(' ').slice(1).join(' '),
      status_text: '',
      status_emoji: '',
      avatar_hash: '',
      team: user.teamId ?? teamId,
    },
    is_admin: user.isAdmin ?? false,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: (user.isRestricted ?? false) || (user.isUltraRestricted ?? false),
    is_ultra_restricted: user.isUltraRestricted ?? false,
    // Slackbot is not a bot to Slack (slack.md 5, rule 3).
    is_bot: (user.isBot ?? false) && !isSlackbot,
    is_app_user: false,
    is_workflow_bot: false,
    is_email_confirmed: true,
    ...(own ? {} : { is_stranger: true }),
    updated: 0,
  };
}

function botName(app: LocalApp): string {
  return (app.name ?? 'app').toLowerCase().replace(/[^a-z0-9._-]+/g, '-');
}

function colourOf(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 6);
}
