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
});
type SlackUser = z.infer<typeof userSchema>;

/** Long enough for one decision to ask once, short enough that the next one asks again. */
const freshMsDefault = 10_000;
const entriesMax = 2_000;

/** `teamId` is the workspace of our token, from `auth.test`; asked for when it is first needed. */
export function createSlackPeople(deps: {
  client: Pick<WebClient, 'users' | 'usergroups' | 'auth'>;
  clock: Clock;
  freshMs?: number;
}): People {
  const { client, clock } = deps;
  const freshMs = Math.min(deps.freshMs ?? freshMsDefault, 60_000);
  const remember = <T>(ask: (key: string) => Promise<T>): ((key: string) => Promise<T>) => {
    const known = new Map<string, { at: number; answer: Promise<T> }>();
    return async (key) => {
      const earlier = known.get(key);
      if (earlier !== undefined && clock.now() - earlier.at < freshMs) return await earlier.answer;
      if (known.size >= entriesMax) known.clear();
      const answer = ask(key);
      known.set(key, { at: clock.now(), answer });
      // A failure is not remembered: the next question is asked again.
      answer.catch(() => known.delete(key));
      return await answer;
    };
  };
  let ownTeam: Promise<string> | null = null;
  const findOwnTeam = async (): Promise<string> => {
    ownTeam ??= client.auth.test().then((answer) => answer.team_id ?? '');
    try {
      return await ownTeam;
    } catch (error) {
      ownTeam = null;
      throw error;
    }
  };
  const findPerson = remember(async (userId) => {
    const answer = await asking(`who ${userId} is`, async () => {
      const [team, found] = await Promise.all([findOwnTeam(), client.users.info({ user: userId })]);
      return { team, user: userSchema.parse(found.user) };
    });
    return personOf(answer.user, answer.team);
  });
  const listGroup = remember(async (groupId) =>
    asking(`who is in the user group ${groupId}`, async () => {
      const answer = await client.usergroups.users.list({ usergroup: groupId });
      return z.array(z.string()).max(50_000).parse(answer.users);
    }),
  );
  return { findPerson, listGroup };
}

/** Why somebody may not take part, in the words of a sentence "you cannot …: …"; `null` when they may. */
function barReason(user: SlackUser, ownTeam: string): string | null {
  if (user.id === 'USLACKBOT' || user.is_bot === true || user.is_workflow_bot === true) return 'a bot';
  if (user.deleted === true) return 'a deactivated account';
  if (ownTeam === '' || user.team_id !== ownTeam || user.is_stranger === true)
    return 'from another workspace';
  if (user.is_restricted === true || user.is_ultra_restricted === true) return 'a guest';
  if (user.is_invited_user === true) return 'an invitation that was not taken up';
  if (user.is_email_confirmed === false) return 'an account without a confirmed address';
  return null;
}

function personOf(user: SlackUser, ownTeam: string): Person {
  const teamId = user.team_id ?? '';
  const names = [user.profile?.display_name, user.real_name, user.profile?.real_name, user.name];
  return {
    id: `${teamId}:${user.id}`,
    userId: user.id,
    teamId,
    displayName: names.find((name) => name !== undefined && name.trim() !== '') ?? user.id,
    barred: barReason(user, ownTeam),
  };
}

async function asking<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw new AuroraError({
      code: errorCodes.peopleUnknown,
      message: `Slack does not say ${what}${reasonOf(error)}.`,
      hint: 'Try again in a moment; if it goes on, check the token and its scopes (users:read, usergroups:read).',
      cause: error,
    });
  }
}

/** Slack's own word for why, such as `no_such_subteam`; an answer that did not come has none. */
function reasonOf(error: unknown): string {
  const answered = z.object({ data: z.object({ error: z.string() }) }).safeParse(error);
  return answered.success ? ` (${answered.data.data.error.slice(0, 60)})` : '';
}
