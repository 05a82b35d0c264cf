/** What somebody is told who is all the people of a drill at once, and has none of their devices. */
import { dirname } from 'node:path';
import type { KeyRing } from './key-ring.ts';

/** A sentence a way; the first is missing where ssh-keygen cannot be run. */
export function howToSign({ holders, page }: KeyRing, directory: string): string[] {
  const withSsh = [...holders.values()].flatMap(({ name, sshKey }) =>
    sshKey === null ? [] : [{ name, sshKey }],
  );
  const [first] = withSsh;
  const names = withSsh.map(({ name }) => `@${name}`).join(', ');
  return [
    'Hosts do nothing that people have not signed.',
    ...(first === undefined
      ? []
      : [
          `Sign with ssh: copy the lines in a form into a shell, with -f ${first.sshKey} when you are @${first.name}, and paste what they print. ${dirname(first.sshKey)} has the keys of ${names}.`,
        ]),
    `Sign with a passkey of your browser: make one at ${page}/sign/enroll, and put its key below that person in every people.yaml in ${directory}.`,
  ];
}
