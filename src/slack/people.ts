/**
 * People and groups as Slack knows them now. Promise: whoever is not surely a full member of this workspace is barred,
 * and an answer that does not come is an error, never a yes (slack.md 5).
 */
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Clock } from '../aurora/clock.ts';
import { errorCodes } from '../aurora/error-codes.ts';
import { AuroraError } from '../aurora/errors.ts';
import type { People, Person } from '../aurora/people.ts';
import { named } from '../aurora/printable.ts';
import { isSilence } from './slack-failure.ts';

const flag = z.boolean().optional();
const userSchema = z.object({
  id: z.string(),
  team_id: z.string().optional(),
  name: z.string().optional(),
  real_name: z.string().optional(),
  profile: z.object({ display_name: z.string().optional(), real_name: z.string().optional() }).optional(),
  deleted: flag,
  is_bot: flag,
  is_workflow_bot: flag,
  is_restricted: flag,
  is_ultra_restricted: flag,
  is_stranger: flag,
  is_invited_user: flag,
  is_email_confirmed: flag,
  /** Of a member of an Enterprise Grid: who they are in all of its workspaces, and which those are. */
  enterprise_user: z
    .object({
      id: z.string().optional(),
      enterprise_id: z.string().optional(),
      teams: z.array(z.string()).optional(),
    })
    .nullish(),
});
type SlackUser = z.infer<typeof userSchema>;

const entriesMax = 2_000;

/** The workspace of our token; the organisation is empty outside of an Enterprise Grid. */
interface Home {
  readonly teamId: string;
  readonly enterpriseId: string;
}

/** Whose token we have is asked for, by `auth.test`, when it is first needed. */
export function createSlackPeople(deps: {
  client: Pick<WebClient, 'users' | 'usergroups' | 'auth'>;
  clock: Clock;
}): People {
  const { client, clock } = deps;
  const remember = <T>(
    ask: (key: string) => Promise<T>,
  ): ((key: string, knownForMs?: number) => Promise<T>) => {
    const known = new Map<string, { at: number; answer: Promise<T> }>();
    return async (key, knownForMs = 0) => {
      const earlier = known.get(key);
      if (earlier !== undefined && clock.now() - earlier.at < knownForMs) return await earlier.answer;
      if (known.size >= entriesMax) known.clear();
      const answer = ask(key);
      known.set(key, { at: clock.now(), answer });
      // A failure is not remembered: the next question is asked again.
      answer.catch(() => known.delete(key));
      return await answer;
    };
  };
  let home: Promise<Home> | null = null;
  const findHome = async (): Promise<Home> => {
    home ??= client.auth
      .test()
      .then(({ team_id, enterprise_id }) => ({ teamId: team_id ?? '', enterpriseId: enterprise_id ?? '' }));
    try {
      return await home;
    } catch (error) {
      home = null;
      throw error;
    }
  };
  const askPerson = remember(async (userId) => {
    const answer = await asking(`who ${userId} is`, async () => {
      const [ours, found] = await Promise.all([findHome(), client.users.info({ user: userId })]);
      return { ours, user: userSchema.parse(found.user) };
    });
    return personOf(answer.user, answer.ours);
  });
  const listGroup = remember(async (groupId) =>
    asking(`who is in the user group ${groupId}`, async () => {
      const answer = await client.usergroups.users.list({ usergroup: groupId });
      return z.array(z.string()).max(50_000).parse(answer.users);
    }),
  );
  return { findPerson: askPerson, listGroup };
}

/**
 * Whether they are of our workspace. In an Enterprise Grid `team_id` may be missing, another workspace's or the organisation's;
 * what counts there is the list of workspaces. Slack Connect brings people of other organisations, and calls them strangers.
 */
function isOurs({ team_id, is_stranger, enterprise_user }: SlackUser, home: Home): boolean {
  if (home.teamId === '' || is_stranger === true) return false;
  const { enterprise_id, teams } = enterprise_user ?? {};
  if (home.enterpriseId !== '' && enterprise_id !== undefined && enterprise_id !== home.enterpriseId)
    return false;
  return teams === undefined || teams.length === 0 ? team_id === home.teamId : teams.includes(home.teamId);
}

/** Why somebody may not take part, in the words of a sentence "you cannot …: …"; `null` when they may. */
function barReason(user: SlackUser, ours: boolean): string | null {
  if (user.id === 'USLACKBOT' || user.is_bot === true || user.is_workflow_bot === true) return 'a bot';
  if (user.deleted === true) return 'a deactivated account';
  if (!ours) return 'from another workspace';
  if (user.is_restricted === true || user.is_ultra_restricted === true) return 'a guest';
  if (user.is_invited_user === true) return 'an invitation that was not accepted';
  if (user.is_email_confirmed === false) return 'an account without a confirmed address';
  return null;
}

function personOf(user: SlackUser, home: Home): Person {
  const ours = isOurs(user, home);
  const teamId = ours ? home.teamId : (user.team_id ?? '');
  const enterpriseUserId = ours ? user.enterprise_user?.id : undefined;
  const names = [user.profile?.display_name, user.real_name, user.profile?.real_name, user.name];
  return {
    id: `${teamId}:${enterpriseUserId ?? user.id}`,
    userId: user.id,
    ...(enterpriseUserId !== undefined && { enterpriseUserId }),
    teamId,
    // A name in which nothing can be seen is none; what is kept of one cannot leave the sentence it is put into.
    displayName: names.map((name) => named(name ?? '')).find((name) => name !== '') ?? user.id,
    barred: barReason(user, ours),
  };
}

async function asking<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw new AuroraError({
      code: isSilence(error) ? errorCodes.slackSilent : errorCodes.peopleUnknown,
      message: `Slack does not say ${what}${reasonOf(error)}.`,
      hint: 'Try again in a moment; if it keeps failing, check the token and its scopes (users:read, usergroups:read).',
      cause: error,
    });
  }
}

/** Slack's own word for why, such as `no_such_subteam`; an answer that did not come has none. */
function reasonOf(error: unknown): string {
  const answered = z.object({ data: z.object({ error: z.string() }) }).safeParse(error);
  return answered.success ? ` (${answered.data.data.error.slice(0, 60)})` : '';
}
