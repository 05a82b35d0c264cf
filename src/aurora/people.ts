/** Someone as Slack knows them now. Keyed by team and human; never by a name (slack.md 5). */
export interface Person {
  /** `T…:U…`; in an Enterprise Grid, where one human may have several user ids, `T…:W…` of the human. */
  readonly id: string;
  /** The id that was asked about: what mentions name. */
  readonly userId: string;
  /** The human's id in an Enterprise Grid; absent elsewhere. */
  readonly enterpriseUserId?: string;
  /** Ours for everybody who is a member of it, wherever else they are. */
  readonly teamId: string;
  readonly displayName: string;
  /** `null` when they may vote; else why not: bot, guest, deactivated, other workspace, … */
  readonly barred: string | null;
  /** The name of the key that proved them to the bot, where they act in a terminal; absent for who acts in Slack. */
  readonly terminalKey?: string;
}

/**
 * Slack's view of people, asked at the moment of a decision. Fails closed: an error means nobody may. Nothing is remembered for whoever
 * does not say that an answer of so many milliseconds ago is good enough: no decision does.
 */
export interface People {
  findPerson(userId: string, knownForMs?: number): Promise<Person>;
  /** User ids in a user group (`S…`). */
  listGroup(groupId: string, knownForMs?: number): Promise<readonly string[]>;
}
