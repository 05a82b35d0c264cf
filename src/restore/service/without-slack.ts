/**
 * People while Slack answers nothing at all. Only whom a key has proved is somebody then, by the roster; groups count nobody, so that
 * an approver is who is named in policy and configuration. One look decides for a whole judgement whether Slack is silent: whoever can
 * make it slow now and then does not choose whose word counts.
 */
import { errorCodes, hasCode } from '../../aurora/error-codes.ts';
import type { AuroraError } from '../../aurora/errors.ts';
import type { People, Person } from '../../aurora/people.ts';
import type { RosterNow } from '../../aurora/signatures.ts';
import type { Gate } from '../record/state.ts';
import type { Actor } from '../record/words.ts';
import type { ServiceDeps } from './answer.ts';

/** The people of one judgement: Slack's word as always, and what `proven` answers about somebody while Slack is silent. */
export function peopleUnlessSilent(
  people: People,
  proven: (userId: string) => Promise<Person | null>,
): People & { isSilent(): Promise<boolean> } {
  let silence: Promise<AuroraError | null> | null = null;
  const ask = async <T>(question: () => Promise<T>): Promise<{ answer: T } | { silent: AuroraError }> => {
    const earlier = await silence;
    if (earlier !== null) return { silent: earlier };
    const asked = question();
    asked.catch(() => undefined); // Whoever waits for it hears of it below.
    silence ??= asked.then(
      () => null,
      (error: unknown) => (hasCode(error, errorCodes.slackSilent) ? error : null),
    );
    const found = await silence;
    return found === null ? { answer: await asked } : { silent: found };
  };
  return {
    isSilent: async () => (await silence) !== null,
    findPerson: async (userId, knownForMs) => {
      const seen = await ask(() => people.findPerson(userId, knownForMs));
      if ('answer' in seen) return seen.answer;
      const person = await proven(userId);
      if (person === null) throw seen.silent;
      return person;
    },
    listGroup: async (groupId, knownForMs) => {
      const seen = await ask(() => people.listGroup(groupId, knownForMs));
      return 'answer' in seen ? seen.answer : [];
    },
  };
}

type Proving = Pick<ServiceDeps, 'signatures' | 'clock' | 'whenSlackIsDown'>;

/** Those who signed a gate, at the instant at which that counts. */
export function peopleBehindGate(
  deps: Proving & Pick<ServiceDeps, 'people'>,
  gate: Gate | undefined,
): People {
  return peopleUnlessSilent(deps.people, (userId) => findProven(deps, gate, userId));
}

/**
 * Who signed a gate with a signature of their own that still verifies, or in a terminal with a key that still is theirs; `null` for
 * everybody else, and where the configuration does not allow to go by the roster.
 */
export async function findProven(
  deps: Proving,
  gate: Gate | undefined,
  userId: string,
): Promise<Person | null> {
  const { signatures, clock, whenSlackIsDown } = deps;
  const signOff = gate?.signOffs.find(({ person }) => person.userId === userId);
  if (whenSlackIsDown === undefined || signatures === undefined) return null;
  if (gate === undefined || signOff === undefined) return null;
  const roster = await signatures.readRoster(clock.now());
  return isProven(roster, gate, signOff) ? personInRoster(signOff.person) : null;
}

function isProven(
  roster: RosterNow,
  { statement }: Gate,
  { person, proof }: Gate['signOffs'][number],
): boolean {
  if (statement !== null && proof !== null) return roster.faultOf(statement, proof) === null;
  const { id, terminalKey } = person;
  return roster.keysOf(id)?.some(({ type, name }) => type === 'ssh' && name === terminalKey) ?? false;
}

/** Nobody is barred by a roster: it says whose keys count, and no more. */
export function personInRoster({ id, userId, name, terminalKey }: Actor): Person {
  return {
    id,
    userId,
    teamId: id.split(':')[0] ?? '',
    displayName: name,
    barred: null,
    ...(terminalKey !== undefined && { terminalKey }),
  };
}
