/** Someone as Slack knows them now. Keyed by team and user; never by a name (slack.md 5). */
export interface Person {
  /** `T…:U…` */
  readonly id: string;
  readonly userId: string;
  readonly teamId: string;
  readonly displayName: string;
  /** `null` when they may vote; else why not: bot, guest, deactivated, other workspace, … */
  readonly barred: string | null;
}

/** Slack's view of people, asked at the moment of a decision. Fails closed: an error means nobody may. */
export interface People {
  findPerson(userId: string): Promise<Person>;
  /** User ids in a user group (`S…`). */
  listGroup(groupId: string): Promise<readonly string[]>;
}
