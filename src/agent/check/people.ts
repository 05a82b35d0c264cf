import { aboutRoster } from '../../signing/about-roster.ts';
import type { OperationTools } from '../operations/operation.ts';
import { createRosterFile } from '../people/roster-file.ts';
import { type Finding, ok, warning } from './finding.ts';

/** Whether this host asks for people's own signatures, and whose keys it would take. */
export async function checkPeople({ config, clock }: OperationTools): Promise<readonly Finding[]> {
  const { mode, roster: path } = config.people;
  if (path === undefined) return [];
  const roster = await createRosterFile(path).read();
  const keys = [...roster.people.values()].flatMap((person) => person.keys).length;
  return [
    ok(
      `People's own signatures: ${mode}. The roster ${path} has ${roster.people.size} people and ${keys} keys.`,
    ),
    ...aboutRoster(roster, clock.now()).map((says) =>
      warning(says, `Fix it in ${path}, on all hosts alike.`),
    ),
  ];
}
