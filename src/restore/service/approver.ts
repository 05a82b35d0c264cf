/** One human may have several ids in Slack: the approvers name one, and they act under another. */
import type { Person } from '../../aurora/people.ts';
import type { RestoreDeps } from '../ports.ts';

/** More approvers than this are not looked up for somebody who is not among them by id. */
const lookedUpMax = 100;

/** Whether this person is one of these user ids. Who cannot be looked up counts as nobody. */
export async function isAmong(
  deps: Pick<RestoreDeps, 'people'>,
  person: Person,
  userIds: ReadonlySet<string>,
): Promise<boolean> {
  if (userIds.has(person.userId)) return true;
  if (person.enterpriseUserId === undefined || person.barred !== null) return false;
  if (userIds.has(person.enterpriseUserId)) return true;
  const approvers = await Promise.allSettled(
    [...userIds].slice(0, lookedUpMax).map((userId) => deps.people.findPerson(userId)),
  );
  return approvers.some((answer) => answer.status === 'fulfilled' && answer.value.id === person.id);
}
